import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createOnce } from '../create-once.js';
import { reachableBinaries } from './binaries.js';
import { ensureCluster } from './cluster.js';
import { endpointOf } from './endpoint.js';
import { ServerFailure } from './failure.js';
import { findHome, type Home } from './home.js';
import { type KeeperOrder, LOG, PASSWORD, RETIRED, YIELDED } from './keeper-order.js';
import { Leases } from './leases.js';
import { takeSeat } from './seat.js';
import { Supervisor } from './supervisor.js';
import type { News } from './wire.js';

/** A client that starts a keeper leases it at once; one that was killed in between never will. */
const FIRST_LEASE_MS = 30_000;

const order = JSON.parse(process.argv[2] ?? '') as KeeperOrder;
const log = join(order.folder, LOG);
process.umask(0o077);

const endpoint = endpointOf(order.folder);
const leases = new Leases(endpoint.token, () => void shutDown());
let home: Home | undefined;
let supervisor: Supervisor | undefined;
let starting = Promise.resolve();
let ending = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void shutDown());
}
process.on('uncaughtException', (error) => void giveUp(error));

const seat = await takeSeat(endpoint, leases.accept);
if (!seat) process.exit(YIELDED);
process.send?.({ state: 'starting' } satisfies News, () => process.disconnect());
leases.announce({ state: 'starting' });
const tooLate = setTimeout(() => void shutDown(), FIRST_LEASE_MS);
await leases.begun;
clearTimeout(tooLate);
starting = start().catch(giveUp);

async function start(): Promise<void> {
  home = findHome(order.folder, order.name);
  const binaries = await reachableBinaries(home.folder, home.runAs);
  const password = createOnce(join(order.folder, PASSWORD), randomBytes(32).toString('base64url'));
  await ensureCluster(home, binaries, password, !order.scratch);
  const options = { home, binaries, settings: order.settings, log };
  supervisor = new Supervisor(order.folder, options, (error) => void giveUp(error));
  const port = await supervisor.start();
  if (!ending) leases.announce({ state: 'ready', port });
}

/** The seat is held until Postgres has ended: whoever comes next must not meet its remains. */
async function shutDown(): Promise<void> {
  if (ending) return;
  ending = true;
  leases.announce({ state: 'stopping' });
  await starting;
  await supervisor?.stop();
  await end(0);
}

async function giveUp(error: unknown): Promise<void> {
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  const { message: fact, remedy } = ServerFailure.from(error, log);
  const news: News = { state: 'failed', fact, remedy };
  leases.announce(news);
  if (process.connected) process.send?.(news);
  ending = true;
  await supervisor?.stop();
  await end(1);
}

async function end(exitCode: number): Promise<never> {
  if (order.scratch || existsSync(join(order.folder, RETIRED))) {
    for (const folder of [home?.folder, order.folder]) {
      if (folder) await rm(folder, { recursive: true, force: true });
    }
  }
  await leases.hangUp();
  process.exit(exitCode);
}
