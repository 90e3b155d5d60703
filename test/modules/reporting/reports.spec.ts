import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asOwner, holdLock } from '../../platform/held-lock.js';
import { expectFaults } from '../../platform/problems.js';
import { OpenShop } from '../../support/shop.js';
import { waitFor } from '../../support/wait-for.js';
import { type Filled, fillShop } from './filled-shop.js';
// only: shop
import { askAcross, JOINS } from './joins.js';
// only: end

let shop: OpenShop;

const report = async (path: string) => {
  const { status, body } = await shop.send('GET', `/reports/${path}`);
  expect(status).toBe(200);
  return body as { currentUpTo: string | null; rows: Record<string, unknown>[] };
};
const REPORTS = ['revenue', 'funnel', 'stock-at-risk', 'customer-value', 'late-shipments'] as const;
const STAGES = ['placed', 'charged', 'scheduled', 'confirmed', 'delivered', 'cancelled'];

describe('the reports of a shop in which nothing has happened', () => {
  beforeAll(async () => {
    shop = await OpenShop.open();
  });
  afterAll(() => shop.close());

  it.each(REPORTS.filter((name) => name !== 'funnel'))('%s has no rows', async (name) => {
    expect((await report(name)).rows).toEqual([]);
  });

  it('funnel has its stages, with no orders in them', async () => {
    const { rows } = await report('funnel');
    expect(rows).toEqual(STAGES.map((stage) => ({ stage, orders: 0 })));
  });
});

describe('the reports', () => {
  let filled: Filled;
  beforeAll(async () => {
    shop = await OpenShop.open();
    filled = await fillShop(shop);
  });
  afterAll(() => shop.close());

  // only: shop
  it.each(REPORTS)('answer %s as a join over all schemas would', async (name) => {
    const { rows } = await report(name);
    const joined = await askAcross(JOINS[name]);
    expect(joined.length).toBeGreaterThan(1);
    expect(rows).toHaveLength(joined.length);
    expect(rows).toEqual(expect.arrayContaining(joined));
  });
  // only: end

  it('revenue leaves out what was cancelled, declined or short, by day, product and currency', async () => {
    const { lamp, rope, chart, tea } = filled.products;
    const { rows } = await report('revenue');
    const brought = rows.map(({ sku, quantity, revenue }) => [sku, quantity, revenue]);
    expect(brought).toHaveLength(7);
    expect(brought).toEqual(
      expect.arrayContaining([
        [lamp, 2, { amount: 3998, currency: 'EUR' }],
        [lamp, 1, { amount: 1999, currency: 'EUR' }],
        [lamp, 5, { amount: 9995, currency: 'EUR' }],
        [rope, 1, { amount: 250, currency: 'EUR' }],
        [rope, 3, { amount: 750, currency: 'EUR' }],
        [tea, 2, { amount: 2400, currency: 'JPY' }],
        [chart, 5, { amount: 5_000_000_000, currency: 'GBP' }],
      ]),
    );
  });

  it('revenue is of the days that were asked for, both included', async () => {
    const { rows } = await report('revenue');
    const days = [...new Set(rows.map(({ day }) => day as string))].sort();
    expect(days.length).toBeGreaterThanOrEqual(4);
    const [from, to] = days.slice(1, 3) as [string, string];
    const between = rows.filter(({ day }) => day === from || day === to);
    expect((await report(`revenue?from=${from}&to=${to}`)).rows).toEqual(between);
    expect((await report(`revenue?from=${days.at(-1)}`)).rows).toEqual(
      rows.filter(({ day }) => day === days.at(-1)),
    );
    expect((await report(`revenue?to=${days[0]}`)).rows).toEqual(
      rows.filter(({ day }) => day === days[0]),
    );
    expect((await report('revenue?from=2001-01-01&to=2001-01-31')).rows).toEqual([]);
    expect((await report(`revenue?from=${to}&to=${from}`)).rows).toEqual([]);
  });

  it('funnel counts each order at every stage that it came to', async () => {
    const { rows } = await report('funnel');
    const counts = Object.fromEntries(rows.map(({ stage, orders }) => [stage, orders]));
    expect(rows.map(({ stage }) => stage)).toEqual(STAGES);
    expect(counts).toEqual({
      placed: 9,
      charged: 7,
      scheduled: 7,
      confirmed: 7,
      delivered: 3,
      cancelled: 3,
    });
  });

  it('stock-at-risk asks for how little, and puts the least first', async () => {
    const { rope, tea } = filled.products;
    const { rows } = await report('stock-at-risk');
    expect(rows).toMatchObject([
      { sku: tea, onHand: 3, reserved: 2, available: 1 },
      { sku: rope, name: 'Rope', onHand: 7, reserved: 4, available: 3 },
    ]);
    expect((await report('stock-at-risk?below=1')).rows).toEqual([]);
    expect((await report('stock-at-risk?below=100000')).rows).toHaveLength(4);
  });

  it('customer-value has the customers by their names of today, apart by currency', async () => {
    const { rows } = await report('customer-value');
    const [first] = rows;
    expect(first).toMatchObject({ customerId: filled.customers.grace, orders: 1 });
    expect(rows.map(({ name, value }) => [name, value])).toEqual([
      ['Rear Admiral Grace', { amount: 5_000_000_000, currency: 'GBP' }],
      ['Ada', { amount: 3998 + 750 + 9995, currency: 'EUR' }],
      ['Ada', { amount: 2400, currency: 'JPY' }],
      ['Rear Admiral Grace', { amount: 1999 + 250, currency: 'EUR' }],
    ]);
  });

  it('late-shipments has those that came late, and those that are overdue', async () => {
    const { rows } = await report('late-shipments');
    expect(rows).toMatchObject([
      { orderId: filled.orders.late, deliveredAt: expect.any(String) },
      { orderId: filled.orders.overdue, deliveredAt: null },
    ]);
  });

  it.each([
    ['revenue?from=yesterday', 'from'],
    ['revenue?from=2026-02-30', 'from'],
    ['revenue?from=0000-01-01', 'from'],
    ['revenue?to=2026-1-1', 'to'],
    ['revenue?until=2026-01-01', ''],
    ['stock-at-risk?below=-1', 'below'],
    ['stock-at-risk?below=1e3', 'below'],
    ['stock-at-risk?below=1&below=2', 'below'],
  ])('refuse %s', async (path, fault) => {
    expectFaults(await shop.send('GET', `/reports/${path}`), fault);
  });
});

describe('the time up to which a report is current', () => {
  beforeAll(async () => {
    shop = await OpenShop.open();
  });
  afterAll(() => shop.close());

  it('is null until every feed that the report is made of was looked at', async () => {
    await waitFor(async () => {
      const reports = await Promise.all(['customer-value', 'funnel'].map(report));
      return reports.every(({ currentUpTo }) => currentUpTo !== null);
    });
    // As if another process had just taken the cursor, and looked at nothing yet.
    await asOwner(
      'reporting',
      `update cursor set holder = gen_random_uuid(), held_until = now() + interval '1 day', current_at = null
       where feed = 'shipping'`,
    );
    for (const name of ['late-shipments', 'funnel']) {
      expect((await report(name)).currentUpTo).toBeNull();
    }
    expect((await report('customer-value')).currentUpTo).not.toBeNull();
    await asOwner('reporting', "update cursor set held_until = now() where feed = 'shipping'");
    await waitFor(async () => (await report('funnel')).currentUpTo !== null);
  });

  it('goes on while nothing happens', async () => {
    const before = await waitFor(async () => (await report('funnel')).currentUpTo ?? undefined);
    await waitFor(async () => {
      const { currentUpTo } = await report('funnel');
      return currentUpTo !== null && currentUpTo > before;
    });
  });

  it('stands still while one of its feeds is not read, and then has what was missed', async () => {
    const { id } = await shop.buy(await shop.customer(), [
      { sku: await shop.product(), quantity: 1 },
    ]);
    await shop.rest();
    const cursor = await holdLock(
      'reporting',
      "select from cursor where feed = 'shipping' for update",
    );
    const still = await report('late-shipments');
    const delivered = Date.now();
    await shop.deliver(id);
    await waitFor(async () => {
      const { currentUpTo } = await report('customer-value');
      return currentUpTo !== null && Date.parse(currentUpTo) > delivered;
    });
    for (const name of ['late-shipments', 'funnel']) {
      const { currentUpTo } = await report(name);
      expect(Date.parse(currentUpTo as string)).toBeLessThan(delivered);
    }
    expect((await report('late-shipments')).currentUpTo).toBe(still.currentUpTo);
    await cursor.release();
    await waitFor(async () => {
      const { currentUpTo } = await report('funnel');
      return currentUpTo !== null && Date.parse(currentUpTo) > delivered;
    });
    const { rows } = await report('funnel');
    expect(rows).toContainEqual({ stage: 'delivered', orders: 1 });
  });
});
