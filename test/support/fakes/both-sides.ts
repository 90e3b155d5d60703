import { afterAll, beforeAll, beforeEach, describe } from '@jest/globals';
import type { AppConfig, Environment } from '#config';
import type { Contract, ContractClient } from '#platform/contracts';
import { ContractRegistry } from '#platform/contracts/contract-registry';
import { RemoteContracts } from '#platform/contracts/remote-contracts';
import { RemoteFeed } from '#platform/events/remote-feed';
import { Placement } from '#platform/placement/placement';
import { Wire } from '#platform/wire/wire';
import { moduleKey } from '../../../scripts/lib/placement-environment.js';
import { readProjectManifests } from '../../../scripts/lib/project.js';
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

async function fakeSide<C extends Contract>(contract: C): Promise<Side<C>> {
  const { module } = contract;
  const own = new ContractRegistry();
  const fake = await makeFake(module, (other) => own.client(other, module));
  host(fake, own);
  const url = await serveFakes(new Map([[module, fake]]), own);
  const wire = wireTo(module, url);
  const [caller, hearer] = neighboursOf(module);
  const feed = new RemoteFeed(module, hearer, wire);
  return {
    isFake: true,
    ask: new ContractRegistry(new RemoteContracts(wire)).client(contract, caller),
    send: sender(url),
    published: async () =>
      (await feed.read(0, 100)).map(({ type, subject, data }) => ({ type, subject, data })),
    empty: async () => fake.empty(),
    close: async () => wire.onApplicationShutdown(),
  };
}

/** Whoever may call it, and whoever may hear it. */
function neighboursOf(module: string): [caller: string, hearer: string] {
  const manifests = readProjectManifests();
  const caller = manifests.find(({ calls }) => calls.includes(module))?.name ?? '';
  return [caller, manifests.find(({ hears }) => hears.includes(module))?.name ?? ''];
}

/** Signs as any module. */
function wireTo(module: string, url: string): Wire {
  const manifests = readProjectManifests();
  const { secret } = testProject();
  const keys = Object.fromEntries(manifests.map(({ name }) => [name, moduleKey(secret, name)]));
  const placement = new Placement({ modules: [], urls: { [module]: url } }, manifests);
  return new Wire({ keys: { private: keys, public: {} } } as unknown as AppConfig, placement);
}
