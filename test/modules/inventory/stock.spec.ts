import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HostedModules } from '#platform/hosted-modules';
import { expectFaults, expectProblem } from '../../platform/problems.js';
import { InventoryDatabase } from '../../../src/modules/inventory/internal/inventory.database.js';
import { emptyTables, startTestApp, type TestApp } from '../../support/test-app.js';

let app: TestApp;
let customerId: string;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

beforeEach(async () => {
  await emptyTables('customers', 'catalog', 'inventory', 'orders');
  const customer = await app.send('POST', '/customers', { name: 'Ada', email: 'ada@example.com' });
  customerId = customer.body.id;
  const price = { amount: 1, currency: 'EUR' };
  await app.send('POST', '/products', { sku: 'LAMP', name: 'Lamp', price });
});

const count = (onHand: unknown, sku = 'LAMP') => app.send('PUT', `/stock/${sku}`, { onHand });
const order = (quantity: number) =>
  app.send('POST', '/orders', { customerId, lines: [{ sku: 'LAMP', quantity }] });

describe('counting stock', () => {
  it('takes over what was counted, again and again', async () => {
    const counted = { sku: 'LAMP', onHand: 7, reserved: 0, available: 7 };
    expect(await count(7)).toMatchObject({ status: 200, body: counted });
    expect(await count(7)).toMatchObject({ status: 200, body: counted });
    expect((await app.send('GET', '/stock/LAMP')).body).toEqual(counted);
    expect((await count(0)).body).toEqual({ ...counted, onHand: 0, available: 0 });
  });

  it('keeps what is reserved, and refuses to count less than that', async () => {
    await count(5);
    await order(3);
    const refused = await count(2);
    expectProblem(refused, 409, 'inventory.stock-reserved');
    expect(refused.body.values).toEqual({ sku: 'LAMP', onHand: 2 });
    expect((await count(3)).body).toEqual({ sku: 'LAMP', onHand: 3, reserved: 3, available: 0 });
  });

  it('counts the first time once, when many count at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, onHand) => count(onHand)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('never promises more than is there while counts and orders run at once', async () => {
    await count(10);
    const work = Array.from({ length: 60 }, (_, index) =>
      index % 2 ? order(1 + (index % 3)) : count(index % 20),
    );
    const looks = Array.from({ length: 10 }, () => app.send('GET', '/stock/LAMP'));
    const answers = await Promise.all(work);
    for (const { body } of await Promise.all(looks)) {
      expect(body.available).toBe(body.onHand - body.reserved);
      expect(body.available).toBeGreaterThanOrEqual(0);
    }
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 201, 409]));
    const { body } = await app.send('GET', '/stock/LAMP');
    const placed = answers.filter(({ status }) => status === 201);
    const pieces = placed.reduce((sum, answer) => sum + answer.body.lines[0].quantity, 0);
    expect(body.reserved).toBe(pieces);
    expect(body.available).toBeGreaterThanOrEqual(0);
  });

  it.each([-1, 1.5, 1_000_000_001, 2 ** 53, '1', null, true, [1]])(
    'refuses the count %j',
    async (onHand) => {
      expectFaults(await count(onHand), 'onHand');
    },
  );

  it('refuses fields that are not for the counter to set', async () => {
    const answer = await app.send('PUT', '/stock/LAMP', { onHand: 1, reserved: 0 });
    expectFaults(answer, '');
  });

  it('answers 404 for a SKU that nobody has counted, and 400 for what is no SKU', async () => {
    const missing = await app.send('GET', '/stock/NONE');
    expectProblem(missing, 404, 'inventory.stock-not-found');
    expect(missing.body.values).toEqual({ sku: 'NONE' });
    expectFaults(await app.send('GET', '/stock/%20'), 'sku');
    expectFaults(await count(1, '%00'), 'sku');
  });
});

describe('the example stock', () => {
  it('leaves alone what was counted since', async () => {
    const own = app.nest
      .get(HostedModules)
      .inCallOrder()
      .find(({ manifest }) => manifest.name === 'inventory');
    await own?.seed?.seed();
    await app.nest
      .get(InventoryDatabase)
      .query((prisma) =>
        prisma.stock.update({ where: { sku: 'FLARE-RED' }, data: { onHand: 77 } }),
      );
    await own?.seed?.seed();
    expect((await app.send('GET', '/stock/FLARE-RED')).body).toMatchObject({ onHand: 77 });
  });
});
