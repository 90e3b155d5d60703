// only: shop
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type AppProcess, killProcess } from '../platform/app-process.js';
import { FAULTS } from '../support/network.js';
import { ShopProcesses } from '../support/shop-processes.js';
import type { Household } from '../support/split.js';
import { emptyTables } from '../support/test-app.js';
import { testProject } from '../support/test-project.js';
import { waitFor } from '../support/wait-for.js';

const LINES = [{ sku: 'LAMP', quantity: 2 }];
/** Milliseconds for anything to happen on a busy machine, with time-outs on the way. */
const PATIENCE = 60_000;

let shop: ShopProcesses;
let front: AppProcess;
let stock: AppProcess;
let apart: Household;
let customerId: string;
const orders: string[] = [];

beforeAll(async () => {
  const { modules } = testProject();
  await emptyTables(...modules);
  const rest = modules.filter((module) => module !== 'inventory');
  shop = await ShopProcesses.open(testProject(), {}, [rest, ['inventory']]);
  apart = shop.households[1] as Household;
  [front, stock] = (await Promise.all(shop.households.map((each) => shop.start(each)))) as [
    AppProcess,
    AppProcess,
  ];
  const price = { amount: 1_999, currency: 'EUR' };
  await front.send('POST', '/products', { sku: 'LAMP', name: 'Lamp', price });
  await front.send('PUT', '/stock/LAMP', { onHand: 1_000 });
  const customer = { name: 'Ada', email: 'ada@example.com' };
  customerId = (await front.send('POST', '/customers', customer)).body.id;
});
afterAll(() => shop.close());
beforeEach(() => {
  apart.network.fate = () => undefined;
});

async function place(): Promise<string> {
  const key = { 'idempotency-key': randomUUID() };
  const placed = await front.send('POST', '/orders', { customerId, lines: LINES }, key);
  expect(placed).toMatchObject({ status: 201, body: { status: 'pending' } });
  orders.push(placed.body.id);
  return placed.body.id as string;
}

const is = (id: string, status: string) =>
  waitFor(async () => (await front.send('GET', `/orders/${id}`)).body.status === status, PATIENCE);

describe('a request for a module that another process hosts', () => {
  it.each(['front', 'stock'])('is answered by either process: %s', async (which) => {
    const { send } = which === 'front' ? front : stock;
    expect(await send('GET', '/stock/LAMP')).toMatchObject({ status: 200, body: { sku: 'LAMP' } });
    expect(await send('GET', '/products/LAMP')).toMatchObject({ status: 200 });
    expect(await send('GET', '/stock/NONE')).toMatchObject({
      status: 404,
      body: { code: 'inventory.stock-not-found', values: { sku: 'NONE' } },
    });
  });
});

describe('an order', () => {
  it.each(FAULTS)('is placed in full when requests on the way are %s', async (fault) => {
    apart.network.meetNext(fault, fault);
    const id = await place();
    await is(id, 'confirmed');
  });

  it('waits while inventory is down, and is confirmed when it is back', async () => {
    await killProcess(stock);
    const id = await place();
    expect(await front.send('GET', '/products')).toMatchObject({ status: 200 });
    expect(await front.send('GET', `/customers/${customerId}`)).toMatchObject({ status: 200 });
    const away = await front.send('GET', '/stock/LAMP');
    expect(away).toMatchObject({ status: 503, body: { code: 'module.unavailable' } });
    expect(away.headers.get('retry-after')).not.toBeNull();
    expect((await front.send('GET', `/orders/${id}`)).body.status).toBe('pending');
    stock = await shop.start(apart);
    await is(id, 'confirmed');
  });

  it('leaves books that balance', async () => {
    expect(await shop.violations(front, { orders }, PATIENCE)).toEqual([]);
  });
});
// only: end
