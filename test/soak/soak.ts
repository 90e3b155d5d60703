import { startScratchServer } from '../../scripts/lib/embedded/index.js';
import { readProjectModules } from '../../scripts/lib/project.js';
import { type Project, setUp } from '../../scripts/lib/set-up.js';
import { urlWith } from '#platform/database/names';
import { ShopProcesses } from '../support/shop-processes.js';
import { waitFor } from '../support/wait-for.js';
import { Dice } from './dice.js';
import { Reaper } from './reaper.js';
import { Shoppers } from './shoppers.js';

export interface SoakOptions {
  readonly seed: number;
  readonly orders: number;
  readonly kills: number;
  /** After so many, no more is ordered or killed. */
  readonly minutes: number;
  readonly processes: number;
  /** Whether each module has a process and a database of its own, and an unkind network between them. */
  readonly split: boolean;
}

export interface SoakResult extends SoakOptions {
  readonly placed: number;
  readonly delivered: number;
  readonly killed: {
    readonly atPoints: number;
    readonly anywhere: number;
    readonly provider: number;
  };
  readonly seconds: number;
  /** What is wrong in the end; nothing, when the books balance. */
  readonly violations: readonly string[];
}

/** Clients at once. */
const LANES = 6;
/** Milliseconds for what is under way in the end. */
const SETTLING = 120_000;
const NAME = 'soak';
const POOL_SIZE = 10;

/** Sells for a while as everything fails, lets it settle, and looks at the books. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const server = await startScratchServer();
  const modules = readProjectModules();
  const adminUrl = urlWith(server.url, { database: options.split ? 'postgres' : NAME });
  const databases = options.split ? databasesOf(modules) : {};
  const project = { adminUrl, secret: NAME.padEnd(32, '.'), name: NAME, modules, databases };
  await setUpAll(project);
  const shop = await ShopProcesses.open(
    project,
    { BILLING_PROVIDER_TIMEOUT: '1000' },
    options.split ? modules.map((module) => [module]) : [],
  );
  try {
    return await sell(shop, options);
  } finally {
    await shop.close();
    await server.release();
  }
}

const databasesOf = (modules: readonly string[]) =>
  Object.fromEntries(modules.map((module) => [module, `${NAME}_${module}`]));

async function setUpAll(project: Project): Promise<void> {
  const apart = Object.entries(project.databases ?? {});
  if (apart.length === 0) await setUp(project, { poolSize: POOL_SIZE });
  for (const [module, database] of apart) {
    const adminUrl = urlWith(project.adminUrl, { database });
    await setUp({ ...project, adminUrl, modules: [module] }, { poolSize: POOL_SIZE });
  }
}

async function sell(shop: ShopProcesses, options: SoakOptions): Promise<SoakResult> {
  const begun = Date.now();
  const { seed, orders, kills, minutes, processes } = options;
  const inTime = () => Date.now() < begun + minutes * 60_000;
  const shoppers = new Shoppers(shop, new Dice(seed));
  let failed = false;
  const reaper = new Reaper(shop, (killed) => !failed && killed < kills && inTime());
  const seats =
    shop.households.length > 0 ? shop.households : Array<undefined>(processes).fill(undefined);
  const first = await Promise.all(
    shop.households.length > 0 ? shop.households.map((each) => shop.start(each)) : [shop.start()],
  );
  await shoppers.open();

  let placed = 0;
  /** The orders are spread over the kills. */
  const due = () =>
    !inTime() || reaper.count >= kills || placed * kills <= reaper.count * orders + orders;
  const lane = async () => {
    while (placed < orders && inTime()) {
      await waitFor(due, minutes * 60_000 + 1_000);
      placed += 1;
      await shoppers.order(placed);
    }
  };
  const clerk = async () => {
    for (let n = 0; placed < orders && inTime(); n += 1) {
      await shoppers.rename(n);
      await shoppers.recount();
      const before = placed;
      await waitFor(
        () => placed > before || !inTime() || placed >= orders,
        minutes * 60_000 + 1_000,
      );
    }
  };
  first.forEach(({ child }) => child.kill('SIGKILL'));
  shop.households.forEach((each, n) => reaper.network(new Dice(seed - 3 - n), each));
  const all = Promise.all([
    ...seats.map((household, seat) => reaper.appSeat(new Dice(seed + 1 + seat), household)),
    reaper.providerSeat(new Dice(seed - 1)),
    reaper.sessionSeat(new Dice(seed - 2)),
    clerk(),
    ...Array.from({ length: LANES }, lane),
  ]);
  await all.finally(() => (failed = true));
  const [last] = shop.running;
  if (!last) throw new Error('No app is running in the end.');
  const violations = await shop.violations(last, shoppers.told, SETTLING);
  return {
    ...options,
    placed: shoppers.told.orders.length,
    delivered: shoppers.delivered,
    killed: reaper.kills,
    seconds: Math.round((Date.now() - begun) / 1000),
    violations,
  };
}
