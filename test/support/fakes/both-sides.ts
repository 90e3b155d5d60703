import { afterAll, beforeAll, beforeEach, describe } from '@jest/globals';
import type { AppConfig, Environment } from '#config';
import type { Contract, ContractClient } from '#platform/contracts';
import { ContractRegistry } from '#platform/contracts/contract-registry';
import { RemoteContracts } from '#platform/contracts/remote-contracts';
import { RemoteFeed } from '#platform/events/remote-feed';
import type { Manifest } from '#platform/manifest';
import { Placement } from '#platform/placement/placement';
import { Wire } from '#platform/wire/wire';
import { moduleKey } from '../../../scripts/lib/placement-environment.js';
import { publishedBy } from '../published.js';
import { type Send, sender } from '../sender.js';
import { clientOf, emptyTables, startTestApp } from '../test-app.js';
import { testProject } from '../test-project.js';
import { serveFakes } from './server.js';
import { host, makeFake } from './stand-ins.js';

/** A module as others meet it: itself, or its fake at the other end of the wire. */
export interface Side<C extends Contract> {
  readonly isFake: boolean;
  readonly ask: ContractClient<C>;
  readonly send: Send;
  readonly published: () => Promise<unknown[]>;
  readonly empty: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Runs the same scenarios with a module and with its fake, which start each with nothing.
 *
 * @param environment what the app is told when it hosts the module
 */
export function onBothSides<C extends Contract>(
  contract: C,
  scenarios: (side: () => Side<C>) => void,
  environment: () => Environment = () => ({}),
): void {
  describe.each(['the module', 'its fake'])('%s', (which) => {
    let side: Side<C>;
    beforeAll(async () => {
      side = await (which === 'its fake' ? fakeSide(contract) : realSide(contract, environment()));
    });
    afterAll(() => side.close());
    beforeEach(() => side.empty());
    scenarios(() => side);
  });
}

/** What a caller is told of a refusal. */
export const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.catch(({ code, status, data }: { code: string; status: number; data: unknown }) => ({
    code,
    status,
    data,
  }));

async function realSide<C extends Contract>(contract: C, change: Environment): Promise<Side<C>> {
  const app = await startTestApp(change);
  return {
    isFake: false,
    ask: clientOf(app, contract),
    send: app.send,
    published: () => publishedBy(contract.module),
    empty: () => emptyTables(contract.module),
    close: () => app.close(),
  };
}

/** Who calls and hears it in these tests, whether or not somebody here does. */
const NEIGHBOUR = 'neighbour';

async function fakeSide<C extends Contract>(contract: C): Promise<Side<C>> {
  const { module } = contract;
  const own = new ContractRegistry();
  const fake = await makeFake(module, (other) => own.client(other, module));
  host(fake, own);
  const neighbour = { name: NEIGHBOUR, calls: [module], hears: [module] };
  const url = await serveFakes(new Map([[module, fake]]), own, [neighbour]);
  const wire = wireTo(url, neighbour);
  const feed = new RemoteFeed(module, NEIGHBOUR, wire);
  return {
    isFake: true,
    ask: new ContractRegistry(new RemoteContracts(wire)).client(contract, NEIGHBOUR),
    send: sender(url),
    published: async () =>
      (await feed.read(0, 100)).map(({ type, subject, data }) => ({ type, subject, data })),
    empty: async () => fake.empty(),
    close: async () => wire.onApplicationShutdown(),
  };
}

function wireTo(url: string, neighbour: Manifest): Wire {
  const [module = ''] = neighbour.calls;
  const keys = { [neighbour.name]: moduleKey(testProject().secret, neighbour.name) };
  const placement = new Placement({ modules: [], urls: { [module]: url } }, [neighbour]);
  return new Wire({ keys: { private: keys, public: {} } } as unknown as AppConfig, placement);
}
