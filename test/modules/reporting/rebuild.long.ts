// only: shop
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModuleLogins } from '../../../scripts/lib/events/module-logins.js';
import { awaitReading } from '../../../scripts/lib/events/rebuild.js';
import { readProjectManifests } from '../../../scripts/lib/project.js';
import { asOwner } from '../../platform/held-lock.js';
import { ProjectCommands } from '../../support/project-commands.js';
import { OpenShop } from '../../support/shop.js';
import { testProject } from '../../support/test-project.js';
import { emptyReporting, fillShop } from './filled-shop.js';
import { askAcross, JOINS } from './joins.js';

const TABLES = ['charges', 'customers', 'order_lines', 'orders', 'products', 'shipments', 'stock'];

let shop: OpenShop;
let logins: ModuleLogins;

beforeAll(async () => {
  shop = await OpenShop.open();
  logins = new ModuleLogins(testProject(), readProjectManifests());
  await fillShop(shop);
});
afterAll(async () => {
  await logins.end();
  await shop.close();
});

/** All rows of the read model, as text and in an order of their own. */
async function rowsOf(): Promise<Record<string, string[]>> {
  const tables = TABLES.map(async (table) => {
    const rows = await asOwner<{ row: string }>(
      'reporting',
      `select ${table}::text as row from ${table} order by 1`,
    );
    return [table, rows.map(({ row }) => row)] as const;
  });
  return Object.fromEntries(await Promise.all(tables));
}

describe('rebuilding the reports', () => {
  it('makes the very same rows again', async () => {
    const before = await rowsOf();
    for (const rows of Object.values(before)) expect(rows.length).toBeGreaterThan(1);
    const rebuilt = await emptyReporting();
    expect(rebuilt).toEqual({
      tables: TABLES,
      feeds: ['billing', 'catalog', 'customers', 'inventory', 'orders', 'shipping'],
    });
    expect(await awaitReading(logins, 'reporting', () => undefined)).toBe(0);
    expect(await rowsOf()).toEqual(before);
  });

  it('is a command, which says when it is done', async () => {
    const before = await rowsOf();
    const commands = new ProjectCommands(testProject(), readProjectManifests());
    const { status, stdout, stderr } = await commands.run('reporting:rebuild');
    commands.remove();
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^(\d+ events to go\n)*The reports are rebuilt\.\n$/);
    expect(await rowsOf()).toEqual(before);
  });

  it('leaves no event out and takes none twice while orders go on being placed', async () => {
    const customerId = await shop.customer();
    const sku = await shop.product({ onHand: 1_000 });
    const orders = Promise.all(
      Array.from({ length: 40 }, () => shop.buy(customerId, [{ sku, quantity: 1 }])),
    );
    let placing = true;
    void orders.finally(() => (placing = false));
    let rebuilds = 0;
    do {
      await emptyReporting();
      rebuilds += 1;
      // The reports answer all the while.
      expect((await shop.send('GET', '/reports/funnel')).status).toBe(200);
    } while (placing);
    await orders;
    expect(rebuilds).toBeGreaterThan(1);
    await shop.rest();
    const { rows } = (await shop.send('GET', '/reports/funnel')).body;
    const joined = await askAcross(JOINS.funnel);
    expect(rows).toHaveLength(joined.length);
    expect(rows).toEqual(expect.arrayContaining(joined));
    const afterwards = await rowsOf();
    await emptyReporting();
    await shop.rest();
    expect(await rowsOf()).toEqual(afterwards);
    expect(await asOwner('reporting', 'select from parked')).toEqual([]);
  });
});
// only: end
