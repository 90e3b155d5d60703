// only: shop
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HostedModules } from '#platform/hosted-modules';
import { OpenShop } from '../support/shop.js';
import { testProject } from '../support/test-project.js';
import { asOwner } from '../platform/held-lock.js';

let shop: OpenShop;

beforeAll(async () => {
  shop = await OpenShop.open();
});
afterAll(() => shop.close());

const seed = async () => {
  for (const module of shop.app.nest.get(HostedModules).inCallOrder()) await module.seed?.seed();
  await shop.rest();
};

/** How many rows every table of every module holds. */
async function rowCounts(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const module of testProject().modules) {
    const tables = await asOwner<{ name: string }>(
      module,
      "select relname as name from pg_class where relnamespace = $1::regnamespace and relkind = 'r'",
      [module],
    );
    for (const { name } of tables) {
      const [row] = await asOwner<{ rows: number }>(
        module,
        `select count(*)::int as rows from ${name}`,
      );
      counts[`${module}.${name}`] = row?.rows ?? 0;
    }
  }
  return counts;
}

describe('the example data', () => {
  it('fills the modules, the called before the callers', async () => {
    const before = await rowCounts();
    await seed();
    const filled = Object.entries(await rowCounts()).filter(
      ([name, rows]) => rows > (before[name] ?? 0),
    );
    const modules = new Set(filled.map(([name]) => name.split('.')[0]));
    const seeded = shop.app.nest
      .get(HostedModules)
      .inCallOrder()
      .filter((module) => module.seed)
      .map(({ manifest }) => manifest.name);
    expect([...modules]).toEqual(expect.arrayContaining(seeded));
  });

  it('is there once, however often it is put in, and what people changed stays', async () => {
    await asOwner('inventory', "update stock set on_hand = 77 where sku = 'FLARE-RED'");
    const before = await rowCounts();
    await seed();
    expect(await rowCounts()).toEqual(before);
    expect((await shop.send('GET', '/stock/FLARE-RED')).body.onHand).toBe(77);
  });
});
// only: end
