import { AbstractStartedContainer, GenericContainer, type StartedTestContainer } from 'testcontainers';
import { type Duration, type MilkyPayAccount, MilkyPayMock, type Settings } from './control.js';

export * from './control.js';

export declare class MilkyPayContainer extends GenericContainer {
  /** The name of the mock's image, "milkypay-mock" unless given. */
  constructor(image?: string);
  /** The URL of a server in the test's own process, for the container: see withHostAccess. */
  static hostUrl(port: number, path?: string): string;
  /** Any options of milkypay-mock, as words. */
  withOptions(...words: (string | number)[]): this;
  /** The same ids, keys and signatures in every run. */
  withSeed(seed: number): this;
  /** Where the demo account's callbacks go. */
  withCallbackUrl(url: string): this;
  withCallbackRewrite(from: string, to: string): this;
  /** The delay of outcomes, for accounts that set none: "0", "500ms", "2s". */
  withSettleAfter(duration: Duration): this;
  /** What absolute URLs in bodies start with, instead of the Host that was asked. */
  withPublicUrl(url: string): this;
  /** A further name that the control API answers to. */
  withAllowedHost(name: string): this;
  withControlToken(token: string): this;
  /** The files of a folder of this machine replace the built-in fixtures. */
  withFixtures(source: string): this;
  /** Lets the container reach these ports of this machine, by hostUrl(). */
  withHostAccess(...ports: number[]): this;
  /** The words after the program's name; `host` is where containers are reached. */
  command(host?: string): string[];
  start(): Promise<StartedMilkyPayContainer>;
}

export declare class StartedMilkyPayContainer extends AbstractStartedContainer {
  constructor(started: StartedTestContainer, token?: string);
  /** The base of the private API. After a restart the port is another one. */
  getUrl(): string;
  getPublicApiUrl(): string;
  getDashboardUrl(): string;
  /** The base of the private API for containers of the same network. */
  getNetworkUrl(alias: string): string;
  /** The control API. */
  readonly mock: MilkyPayMock;
  /** The account of this id; without one the demo account. */
  account(id?: string): Promise<MilkyPayAccount>;
  createAccount(settings?: Settings): Promise<MilkyPayAccount>;
}
