import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import type { Environment } from '#config';
import type { Contract, ContractClient } from '#platform/contracts';
import { ContractRegistry } from '#platform/contracts/contract-registry';
import { Placement } from '#platform/placement/placement';
import { appConfig, createApp, listenInternally } from '../../src/app.js';
import { killProcess, startAppProcess } from '../platform/app-process.js';
import { type Send, sender } from './sender.js';
import { standIns } from './fakes/stand-ins.js';
import { type Household, Split } from './split.js';
import { rehearsedModules, roleUrl, testEnvironment, testProject } from './test-project.js';

/** The app on this worker's database, listening on a free port. */
export interface TestApp {
  readonly nest: NestFastifyApplication;
  readonly url: string;
  readonly send: Send;
  /** In a rehearsal, the processes that are one program. */
  readonly split?: Split;
  close(): Promise<void>;
}

/** Starts the app here; in a rehearsal, the modules that it is about in processes of their own. */
export const startTestApp = (change: Environment = {}): Promise<TestApp> =>
  rehearsedModules().length === 0 ? startHere(change) : startSplit(change);

async function startHere(
  change: Environment,
  noteInternalPort?: (port?: number) => void,
): Promise<TestApp> {
  const fakes = await standIns();
  const told = { PORT: '0', ...testEnvironment(), ...fakes.environment, ...change };
  const config = appConfig(told);
  const nest = await createApp(config);
  fakes.callThrough(nest.get(ContractRegistry));
  await nest.listen(0, '127.0.0.1');
  noteInternalPort?.(await listenInternally(nest, config));
  const { port } = nest.getHttpServer().address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return { nest, url, send: sender(url), close: () => nest.close() };
}

async function startSplit(change: Environment): Promise<TestApp> {
  const apart = rehearsedModules();
  const rest = testProject().modules.filter((module) => !apart.includes(module));
  const split = await Split.among([rest, ...apart.map((module) => [module])]);
  const [here, ...elsewhere] = split.households as [Household, ...Household[]];
  const processes = await Promise.all(
    elsewhere.map(async (household) => {
      const app = await startAppProcess({ ...change, ...split.environmentOf(household) });
      household.network.pointAt(app.internalPort);
      return app;
    }),
  );
  const app = await startHere({ ...change, ...split.environmentOf(here) }, (port) =>
    here.network.pointAt(port),
  );
  return {
    ...app,
    split,
    close: async () => {
      await app.close();
      await Promise.all(processes.map(killProcess));
      await split.close();
    },
  };
}

/** A client of a contract, as a module has it that runs in this process and may call it. */
export function clientOf<C extends Contract>({ nest }: TestApp, contract: C): ContractClient<C> {
  const placement = nest.get(Placement);
  const caller = placement.manifests.find(
    ({ name }) => placement.hosts(name) && placement.mayCall(name, contract.module),
  );
  // A local contract does not ask who calls it.
  return nest.get(ContractRegistry).client(contract, caller?.name ?? 'test');
}

/**
 * Empties a module's tables, and all that the platform keeps for it, in this worker's database; or the
 * fake that stands in for it. The cursors and sagas first: that stops whoever reads or drives in the
 * background, until all is gone.
 */
export async function emptyTables(...modules: string[]): Promise<void> {
  const fakes = await standIns();
  modules.filter(fakes.has).forEach((module) => fakes.of(module).empty());
  for (const module of modules.filter((name) => testProject().modules.includes(name))) {
    const client = new pg.Client({ connectionString: roleUrl(module, 'owner') });
    await client.connect();
    const { rows } = await client.query<{ delete: string }>(
      `select format('delete from %I', relname) as delete from pg_class
       where relnamespace = $1::regnamespace and relkind = 'r' and relname not like '\\_%migrations'
       order by relname not in ('cursor', 'saga'), relname`,
      [module],
    );
    await client.query(['begin', ...rows.map((row) => row.delete), 'commit'].join(';'));
    await client.end();
  }
}
