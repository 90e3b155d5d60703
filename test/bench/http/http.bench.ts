import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { rootFolder } from '../../../scripts/lib/project.js';
import { LoadProcess } from '../load.js';
import { type Bench, type Measurement, measurementsOf, progress } from '../measurement.js';
import { type Contestant, measurePairs } from '../pairs.js';
import { fromSource, type ServerProcess, startServer } from '../server-process.js';
import { fillShop, heardAll, startOutside } from '../shop.js';
import { setStage, type Stage } from '../stage.js';
import { logStatements, statementsDuring } from '../statement-log.js';
import { lookUps } from '../wishes.js';
import { checkAlike } from './check.js';

const BARE_SERVER = fileURLToPath(new URL('bare-server.ts', import.meta.url));
const ORDERS = 2_000;
const PAIRS = 11;
const SECONDS = 3;
const CONNECTIONS = 24;
const measured = measurementsOf('http');

export const httpBench: Bench = {
  name: 'http',
  about:
    'The built app against bare Fastify on bare pg, reading orders: one process each, the same ' +
    "answers, and the same prepared statement under the same role, which the server's own log of " +
    'statements is checked for first. 24 connections. Each pair of runs gives one ratio; Postgres ' +
    'and the load share the cores with the server. What placing an order costs is in `isolation`: ' +
    'most of it is done behind the answer, by sagas, which no bare server would have.',
  async measure() {
    progress('http: building the app');
    execFileSync('npm', ['run', 'build'], { cwd: rootFolder, stdio: ['ignore', 2, 2] });
    const stage = await setStage();
    const outside = await startOutside();
    try {
      await fillShop(stage, ORDERS);
      return await withServers(stage, outside.environment, (urls) => compare(stage, urls));
    } finally {
      await outside.close();
      await stage.close();
    }
  },
};

type Urls = Readonly<Record<Contestant, string>>;

async function withServers(
  { admin, environment }: Stage,
  outside: Readonly<Record<string, string>>,
  work: (urls: Urls) => Promise<Measurement[]>,
): Promise<Measurement[]> {
  const servers: ServerProcess[] = [];
  // Before the servers open their connections, which learn of the setting as they are opened.
  await logStatements(admin, 'all');
  try {
    const app = await startServer(['dist/main.js'], { ...environment, ...outside });
    servers.push(app);
    const bare = await startServer([...fromSource, BARE_SERVER], { ...environment });
    servers.push(bare);
    return await work({ ours: app.url, theirs: bare.url });
  } finally {
    for (const server of servers) await server.stop();
  }
}

async function compare(stage: Stage, urls: Urls): Promise<Measurement[]> {
  const { admin } = stage;
  const load = LoadProcess.start();
  try {
    await heardAll(stage);
    // What the app asks all the time, such as whether there is news: longer than its longest pause.
    const idle = await statementsDuring(admin, () => pause(3_000));
    for (const wish of await lookUps(admin, '/orders/', 2)) {
      await checkAlike(admin, urls, wish, idle);
    }
    await logStatements(admin, 'none');
    progress('http: the app and the bare server ask the same of Postgres');

    const wishes = await lookUps(admin, '/orders/', ORDERS);
    const read = await measurePairs({
      name: 'http: read',
      pairs: PAIRS,
      run: (who) =>
        load.run({ url: urls[who], seconds: SECONDS, connections: CONNECTIONS, wishes }),
    });
    return [
      measured('read_order_rps', '1/s', read.rates, `bare ${read.theirRate.toFixed()}`),
      measured('read_order_p99_ms', 'ms', read.p99s),
      measured('read_order_ratio', '', read.ratios),
    ];
  } finally {
    await load.stop();
  }
}
