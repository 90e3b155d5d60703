// only: shop
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { AppProcess } from '../platform/app-process.js';
import { waitFor } from '../support/wait-for.js';
import { PATIENCE, SmallShop } from './small-shop.js';

const shop = new SmallShop();
let others: AppProcess[];

beforeAll(async () => {
  others = await Promise.all([shop.processes.start(), shop.processes.start()]);
});

/** Who reads which feed for which module. */
async function readers(): Promise<{ of: string; holder: string | null }[]> {
  const hearing = ['orders', 'reporting'].map((module) =>
    shop.processes.sql<{ of: string; holder: string | null }>(
      module,
      `select '${module} ' || feed as of, holder from ${module}.cursor order by feed`,
    ),
  );
  return (await Promise.all(hearing)).flat();
}

const holders = async () => new Set((await readers()).map(({ holder }) => holder));

async function kill({ child, ended }: AppProcess): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

/** Buys of the running ones in turn, for as long as something lasts. */
async function buyDuring(something: Promise<unknown>): Promise<void> {
  let lasts = true;
  void something.finally(() => (lasts = false));
  while (lasts) await shop.buy();
  await something;
}

describe('three processes on one database', () => {
  it('have one reader for each module and feed', async () => {
    await shop.buy();
    expect(await shop.violations()).toEqual([]);
    const read = await readers();
    expect(read.map(({ of }) => of)).toEqual([...new Set(read.map(({ of }) => of))]);
    expect(read.map(({ holder }) => holder)).not.toContain(null);
  });

  it('go on when they are killed in turn while orders are placed, and nothing is lost or doubled', async () => {
    const first = await holders();
    const [second, third] = others as [AppProcess, AppProcess];
    const doomed = shop.app;
    shop.app = second;
    await kill(doomed);
    // They take over by themselves: here nobody lets the leases run out.
    await buyDuring(
      waitFor(async () => [...(await holders())].every((holder) => !first.has(holder)), PATIENCE),
    );
    shop.app = third;
    await kill(second);
    await buyDuring(waitFor(async () => (await holders()).size === 1, PATIENCE));
    expect(await shop.violations()).toEqual([]);
  });

  it('lose nothing when all of them are killed', async () => {
    const orders = await Promise.all(Array.from({ length: 10 }, () => shop.buy()));
    await kill(shop.app);
    shop.app = await shop.processes.start();
    await Promise.all(orders.map((id) => shop.is(id, 'confirmed')));
    expect(await shop.violations()).toEqual([]);
  });
});
// only: end
