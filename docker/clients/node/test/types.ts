// Not run: `npm run types` checks that this file compiles, and that the marked mistakes do not.

import { Network } from 'testcontainers';
import { MilkyPayContainer, MilkyPayError, MilkyPayMock, type StartedMilkyPayContainer } from '../index.js';

export async function shopUnderTest(port: number): Promise<StartedMilkyPayContainer> {
  const network = await new Network().start();
  const container = await new MilkyPayContainer()
    .withSeed(7)
    .withNetwork(network) // what GenericContainer returns is still a MilkyPayContainer
    .withNetworkAliases('mock')
    .withSettleAfter('0')
    .withControlToken('token')
    .withFixtures('fixtures')
    .withHostAccess(port)
    .withCallbackUrl(MilkyPayContainer.hostUrl(port, '/callback'))
    .start();
  const shop = await container.createAccount({ outcome: 'process_pending', profile: '2024' });
  const { data } = await shop.waitForStatus('cpi_0', 'processed', { timeout: '5s' });
  const status: string = data.attributes.status;
  await shop.addFault({ on: 'callback', fault: 'reorder', times: 1 });
  await shop.addFault({ on: 'api', fault: 'status', status: 503, match: { path: '/payment-invoices' } });
  const { events } = await shop.advance({ next: true });
  const [callback] = (await shop.callbacks({ state: 'done' })).items;
  console.log(
    status,
    events[0]?.kind,
    callback?.attempts[0]?.code,
    container.getMappedPort(8080),
    container.mock.publicApiUrl,
  );

  // @ts-expect-error: a fault of callbacks is not a fault of calls
  await shop.addFault({ on: 'api', fault: 'reorder' });
  // @ts-expect-error: there is no such setting
  await container.createAccount({ settle_after: 5 });
  // @ts-expect-error: there is no such status
  await shop.waitForStatus('cpi_0', 'paid');
  return container;
}

export const isLate = (error: unknown) => error instanceof MilkyPayError && error.status === 408;
export const beside = new MilkyPayMock('http://127.0.0.1:8080', { token: 'x' });
