import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { rootFolder } from '../../../scripts/lib/project.js';
import { type Bench, type Measurement, measurementsOf, progress } from '../measurement.js';
import { fromSource, type ServerProcess, startServer } from '../server-process.js';
import { checkAlike, type Contestants } from './check.js';
import { LoadProcess } from './load.js';
import { measurePairs } from './pairs.js';
import { setStage, type Stage } from './stage.js';
import { logStatements } from './statement-log.js';
import { lookUps, orderOf, orders } from './wishes.js';

const BARE_SERVER = fileURLToPath(new URL('bare-server.ts', import.meta.url));
const WISHES = 2_000;
const measured = measurementsOf('http');

export const httpBench: Bench = {
  name: 'http',
  about:
    'The built app against bare Fastify on bare pg: one process each, the same answers, and the ' +
    "same prepared statements in the same transactions under the same roles, which the server's " +
    'own log of statements is checked for first. 24 connections, random products among 1,000, one ' +
    'or two lines per order. Each pair of runs gives one ratio; Postgres and the load share the ' +
    'cores with the server, and commits do not wait for the disk.',
  async measure() {
    progress('http: building the app');
    execFileSync('npm', ['run', 'build'], { cwd: rootFolder, stdio: ['ignore', 2, 2] });
    const stage = await setStage();
    try {
      return await withServers(stage, (contestants) => compare(stage, contestants));
    } finally {
      await stage.close();
    }
  },
};

async function withServers(
  { admin, environment }: Stage,
  work: (contestants: Contestants) => Promise<Measurement[]>,
): Promise<Measurement[]> {
  const servers: ServerProcess[] = [];
  // Before the servers open their connections, which learn of the setting as they are opened.
  await logStatements(admin, 'all');
  try {
    const here = { ...environment, HOST: '127.0.0.1', PORT: '0' };
    const app = await startServer(['dist/main.js'], here);
    servers.push(app);
    const bare = await startServer([...fromSource, BARE_SERVER], here);
    servers.push(bare);
    return await work({ app: app.url, bare: bare.url });
  } finally {
    for (const server of servers) await server.stop();
  }
}

async function compare({ admin }: Stage, contestants: Contestants): Promise<Measurement[]> {
  const load = LoadProcess.start();
  try {
    await checkAlike(admin, contestants, orderOf(1));
    await checkAlike(admin, contestants, orderOf(2));
    for (const wish of await lookUps(admin, 2)) await checkAlike(admin, contestants, wish);
    await logStatements(admin, 'none');
    progress('http: the app and the bare server ask the same of Postgres');

    const settled = async () => void (await admin.query('vacuum analyze'));
    const race = { load, contestants, settled };
    const placed = await measurePairs({ ...race, wishes: orders(WISHES) }, 'place');
    const read = await measurePairs({ ...race, wishes: await lookUps(admin, WISHES) }, 'read');
    return [
      measured('place_order_rps', '1/s', placed.rates, placed.bareRate),
      measured('place_order_p99_ms', 'ms', placed.p99s),
      measured('place_order_ratio', '', placed.ratios),
      measured('read_order_rps', '1/s', read.rates, read.bareRate),
      measured('read_order_p99_ms', 'ms', read.p99s),
      measured('read_order_ratio', '', read.ratios),
    ];
  } finally {
    await load.stop();
  }
}
