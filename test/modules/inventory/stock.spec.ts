import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inventoryContract, OutOfStock } from '#modules/inventory';
import { expectFaults, expectProblem } from '../../platform/problems.js';
import { clientOf, emptyTables, startTestApp, type TestApp } from '../../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

beforeEach(() => emptyTables('inventory'));

const count = (onHand: unknown, sku = 'LAMP') => app.send('PUT', `/stock/${sku}`, { onHand });

/** Reserves so many, and gives how many that were: none when there are not enough. */
const reserve = (quantity: number) =>
  clientOf(app, inventoryContract)
    .reserve({ key: crypto.randomUUID(), lines: [{ sku: 'LAMP', quantity }] })
    .then(
      () => quantity,
      (error: unknown) => (OutOfStock.is(error) ? 0 : Promise.reject(error as Error)),
    );

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
    await reserve(3);
    const refused = await count(2);
    expectProblem(refused, 409, 'inventory.count-below-reserved');
    expect(refused.body.values).toEqual({ sku: 'LAMP', onHand: 2 });
    expect((await count(3)).body).toEqual({ sku: 'LAMP', onHand: 3, reserved: 3, available: 0 });
  });

  it('counts the first time once, when many count at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, onHand) => count(onHand)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('never promises more than is there while counts and reservations run at once', async () => {
    await count(10);
    const turns = Array.from({ length: 30 }, (_, index) => index);
    const both = turns.map((turn) => [count((turn * 2) % 20), reserve(1 + (turn % 3))] as const);
    const looks = Array.from({ length: 10 }, () => app.send('GET', '/stock/LAMP'));
    const counted = await Promise.all(both.map(([counting]) => counting));
    const reserved = await Promise.all(both.map(([, reserving]) => reserving));
    for (const { body } of await Promise.all(looks)) {
      expect(body.available).toBe(body.onHand - body.reserved);
      expect(body.available).toBeGreaterThanOrEqual(0);
    }
    for (const { status } of counted) expect([200, 409]).toContain(status);
    const { body } = await app.send('GET', '/stock/LAMP');
    expect(body.reserved).toBe(reserved.reduce((sum, pieces) => sum + pieces, 0));
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
