import { setTimeout as pause } from 'node:timers/promises';
import { LoadProcess } from '../load.js';
import { type Bench, type Measurement, measurementsOf, median } from '../measurement.js';
import { type Contestant, measurePairs, type Pairs } from '../pairs.js';
import { placeAtOnce, sagasEnded } from '../place.js';
import { fromSource, startServer } from '../server-process.js';
import { fillShop, heardAll, startOutside } from '../shop.js';
import { setStage, type Stage } from '../stage.js';
import { logStatements, statementsDuring, without } from '../statement-log.js';
import { readProjectModules } from '../../../scripts/lib/project.js';
import { lookUps, orderOf, orders, type Wish } from '../wishes.js';
import { tables } from './shared.statements.js';

/** Orders that there are before. */
const ORDERS = 10_000;
const PAIRS = 7;
const SECONDS = 1.5;
const CONNECTIONS = 24;
/** Orders that are placed in one run. */
const PLACED = 200;
const measured = measurementsOf('isolation');

export const isolationBench: Bench = {
  name: 'isolation',
  about:
    'What the walls cost: the shop as it is (`ours`) beside the same shop on shared tables ' +
    '(`test/bench/isolation`), where any table is joined and one statement places an order whole. ' +
    'One process each, both on Nest, its HTTP adapter, its validation and its database runner, so ' +
    'that the walls are the only difference; the same rows, indexes, checks and server. Ratios are ' +
    'ours over shared, in answers per second: below 1, ours is slower. Placing ends when the stock ' +
    'is reserved, the price charged at the simulated provider, the shipment scheduled and the mail ' +
    'written: of ours, when the last saga has ended, with all modules hearing of it meanwhile. The ' +
    "list takes names from orders' read copy, the page also asks inventory for the stock of its " +
    "products in one call, and the report is made from reporting's own tables.",
  async measure() {
    const modules = [...readProjectModules(), 'shared'];
    const stage = await setStage(modules);
    const outside = await startOutside();
    try {
      await fillShop(stage, ORDERS);
      await stage.admin.query(tables('bench_shared_owner', 'bench_shared'));
      await logStatements(stage.admin, 'all');
      const environment = { ...stage.environment, ...outside.environment };
      const ours = await startShop('modular', environment);
      const shared = await startShop('shared', environment);
      return await compare(stage, { ours: ours.url, theirs: shared.url }).finally(() =>
        Promise.all([ours.stop(), shared.stop()]),
      );
    } finally {
      await outside.close();
      await stage.close();
    }
  },
};

const startShop = (which: string, environment: Readonly<Record<string, string | undefined>>) =>
  startServer([...fromSource, 'test/bench/isolation/shop.process.ts', which], environment);

type Urls = Readonly<Record<Contestant, string>>;

async function compare(stage: Stage, urls: Urls): Promise<Measurement[]> {
  const { admin } = stage;
  const load = LoadProcess.start();
  try {
    await heardAll(stage);
    // What reporting has just heard is not known to the planner yet.
    await admin.query('vacuum analyze');
    const statements = await countStatements(stage, urls);
    await logStatements(admin, 'none');
    const reading = (name: string, wishes: readonly Wish[]) =>
      measurePairs({
        name: `isolation: ${name}`,
        pairs: PAIRS,
        run: (who) =>
          load.run({ url: urls[who], seconds: SECONDS, connections: CONNECTIONS, wishes }),
      });
    const page = await reading('page', await lookUps(admin, '/pages/orders/', 2_000));
    const list = await reading('list', [{ method: 'GET', path: '/pages/orders' }]);
    const report = await reading('report', [{ method: 'GET', path: reportOf(7) }]);
    const placed = await measurePairs({
      name: 'isolation: place',
      pairs: PAIRS,
      run: (who) => place(stage, urls[who]),
    });
    return [
      measured('place_order_ratio', '', placed.ratios, rates(placed)),
      measured('order_page_ratio', '', page.ratios, rates(page)),
      measured('list_50_ratio', '', list.ratios, rates(list)),
      measured('report_ratio', '', report.ratios, rates(report)),
      measured('place_order_statements', '', [sum(statements.ours)], describe(statements)),
    ];
  } finally {
    await load.stop();
  }
}

const rates = ({ rates, theirRate }: Pairs) =>
  `${median(rates).toFixed()}/s over ${theirRate.toFixed()}/s`;

function reportOf(days: number): string {
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  return `/reports/revenue?from=${day(days)}&to=${day(1)}`;
}

async function place(stage: Stage, url: string): Promise<{ rate: number }> {
  const began = performance.now();
  await placeAtOnce(url, orders(PLACED), CONNECTIONS);
  await sagasEnded(stage.admin);
  const rate = (PLACED / (performance.now() - began)) * 1_000;
  // So that nothing is left to the next run.
  await heardAll(stage);
  return { rate };
}

/** How many statements a role ran, by its module. */
type Counts = Readonly<Record<string, number>>;

/** The statements that one order of two lines takes, `BEGIN` and `COMMIT` included. */
async function countStatements(stage: Stage, urls: Urls): Promise<Record<Contestant, Counts>> {
  const { admin } = stage;
  const placeOne = async (url: string) => {
    await placeAtOnce(url, [orderOf(2)], 1);
    await sagasEnded(admin);
    await heardAll(stage);
  };
  const count = async (url: string): Promise<Counts> => {
    const all = without(await statementsDuring(admin, () => placeOne(url)), idle);
    const roles = Object.entries(all).filter(
      ([role, texts]) => ROLE.test(role) && texts.length > 0,
    );
    return Object.fromEntries(roles.map(([role, texts]) => [role.replace(ROLE, ''), texts.length]));
  };
  // What is run once only, such as preparing, is run before.
  for (const url of Object.values(urls)) await placeOne(url);
  // Looking for work, which is there with and without orders: longer than the longest pause.
  const idle = await statementsDuring(admin, () => pause(3_000));
  return { ours: await count(urls.ours), theirs: await count(urls.theirs) };
}

const ROLE = /^bench_/;
const sum = (counts: Counts) => Object.values(counts).reduce((total, count) => total + count, 0);
const describe = ({ ours, theirs }: Record<Contestant, Counts>) =>
  Object.entries({ ...ours, ...theirs })
    .map((entry) => entry.join(' '))
    .join(', ');
