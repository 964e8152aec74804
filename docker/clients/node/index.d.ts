import { AbstractStartedContainer, GenericContainer, type StartedTestContainer } from 'testcontainers';
import { type Duration, type MilkyPayAccount, MilkyPayMock, type Settings } from './milkypay-mock.mjs';

export * from './milkypay-mock.mjs';

export declare class MilkyPayContainer extends GenericContainer {
  /** The name of the mock's image, by default "milkypay-mock". */
  constructor(image?: string);
  /** The container's URL for a server in the process of the test: see withHostAccess. */
  static hostUrl(port: number, path?: string): string;
  /** Any options of milkypay-mock, one argument per word. */
  withOptions(...words: (string | number)[]): this;
  /** Uses the same ids, keys and signatures in every run. */
  withSeed(seed: number): this;
  /** Sets the callback URL of the demo account. */
  withCallbackUrl(url: string): this;
  withCallbackRewrite(from: string, to: string): this;
  /** Sets the delay of outcomes, for accounts without this setting: "0", "500ms", "2s". */
  withSettleAfter(duration: Duration): this;
  /** Sets the start of absolute URLs in bodies, instead of the Host of the request. */
  withPublicUrl(url: string): this;
  /** Adds a host name that the control API accepts. */
  withAllowedHost(name: string): this;
  withControlToken(token: string): this;
  /** Uses the files of a local folder instead of the built-in fixtures. */
  withFixtures(source: string): this;
  /** Lets the container reach these ports of this machine, with hostUrl(). */
  withHostAccess(...ports: number[]): this;
  /** The program's arguments; `host` is the host name at which containers are reached. */
  command(host?: string): string[];
  start(): Promise<StartedMilkyPayContainer>;
}

export declare class StartedMilkyPayContainer extends AbstractStartedContainer {
  constructor(started: StartedTestContainer, token?: string);
  /** The base URL of the private API. The port changes after a restart. */
  getUrl(): string;
  getPublicApiUrl(): string;
  getDashboardUrl(): string;
  /** The base URL of the private API for containers of the same network. */
  getNetworkUrl(alias: string): string;
  /** The control API. */
  readonly mock: MilkyPayMock;
  /** The account with this id; by default the demo account. */
  account(id?: string): Promise<MilkyPayAccount>;
  createAccount(settings?: Settings): Promise<MilkyPayAccount>;
}
