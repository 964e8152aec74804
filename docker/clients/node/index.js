// The mock as a Testcontainers container.

import {
  AbstractStartedContainer,
  GenericContainer,
  TestContainers,
  Wait,
  getContainerRuntimeClient,
} from 'testcontainers';
import { MilkyPayMock } from './milkypay-mock.mjs';

export { MilkyPayAccount, MilkyPayError, MilkyPayMock } from './milkypay-mock.mjs';

const PORT = 8080;
const HOST = 'host.testcontainers.internal';
const FIXTURES = '/fixtures';

export class MilkyPayContainer extends GenericContainer {
  #options = [];
  #ports = [];
  #token;

  constructor(image = 'milkypay-mock') {
    super(image);
    this.withExposedPorts(PORT).withWaitStrategy(Wait.forHttp('/_mock/health', PORT));
  }

  /** The container's URL for a server in the process of the test: see withHostAccess. */
  static hostUrl(port, path = '/') {
    return `http://${HOST}:${port}${path}`;
  }

  /** Any options of milkypay-mock, one argument per word. */
  withOptions(...words) {
    this.#options.push(...words.map(String));
    return this;
  }

  withSeed(seed) { return this.withOptions('--seed', seed); }

  withCallbackUrl(url) { return this.withOptions('--callback-url', url); }

  withCallbackRewrite(from, to) { return this.withOptions('--callback-rewrite', `${from}=${to}`); }

  withSettleAfter(duration) { return this.withOptions('--settle-after', duration); }

  withPublicUrl(url) { return this.withOptions('--public-url', url); }

  withAllowedHost(name) { return this.withOptions('--allow-host', name); }

  withControlToken(token) {
    this.#token = token;
    return this.withOptions('--control-token', token);
  }

  /** Uses the files of a local folder instead of the built-in fixtures. */
  withFixtures(source) {
    return this.withCopyDirectoriesToContainer([{ source, target: FIXTURES }]).withOptions('--fixtures', FIXTURES);
  }

  /** Lets the container reach these ports of this machine, with hostUrl(): for callbacks to a server in the test. */
  withHostAccess(...ports) {
    this.#ports.push(...ports);
    return this;
  }

  /** The program's arguments. The control API must accept every name by which the container is reached. */
  command(host) {
    const names = [...new Set([host, ...this.networkAliases])].filter((name) => name && name !== 'localhost');
    return [...(this.createOpts.Cmd ?? []), ...this.#options, ...names.flatMap((name) => ['--allow-host', name])];
  }

  async beforeContainerCreated() {
    if (this.#ports.length) await TestContainers.exposeHostPorts(...this.#ports);
    const { info } = await getContainerRuntimeClient();
    this.withCommand(this.command(info.containerRuntime.host));
  }

  async start() {
    return new StartedMilkyPayContainer(await super.start(), this.#token);
  }
}

export class StartedMilkyPayContainer extends AbstractStartedContainer {
  #token;

  constructor(started, token) {
    super(started);
    this.#token = token;
  }

  /** The base URL of the private API. The port changes after a restart. */
  getUrl() { return `http://${this.getHost()}:${this.getMappedPort(PORT)}`; }

  getPublicApiUrl() { return this.mock.publicApiUrl; }

  getDashboardUrl() { return this.mock.dashboardUrl; }

  /** The base URL of the private API for containers of the same network. */
  getNetworkUrl(alias) { return `http://${alias}:${PORT}`; }

  /** The control API. */
  get mock() { return new MilkyPayMock(this.getUrl(), { token: this.#token }); }

  account(id) { return this.mock.account(id); }

  createAccount(settings) { return this.mock.createAccount(settings); }
}
