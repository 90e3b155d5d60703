import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { inventoryContract, OutOfStock } from '#modules/inventory';
import type { ContractClient } from '#platform/contracts';
import { KeyReused } from '#platform/errors';
import { holdLock } from '../../platform/held-lock.js';
import { persistently } from '../../support/persistently.js';
import { clientOf, emptyTables, startTestApp, type TestApp } from '../../support/test-app.js';
import { roleUrl } from '../../support/test-project.js';

let app: TestApp;
let inventory: ContractClient<typeof inventoryContract>;
let tables: pg.Client;

beforeAll(async () => {
  app = await startTestApp();
  inventory = clientOf(app, inventoryContract);
  tables = new pg.Client({ connectionString: roleUrl('inventory', 'owner') });
  await tables.connect();
});
afterAll(async () => {
  await tables.end();
  await app.close();
});
beforeEach(async () => {
  await emptyTables('inventory');
  await count('LAMP', 10);
  await count('ROPE', 5);
});

const count = (sku: string, onHand: number) => app.send('PUT', `/stock/${sku}`, { onHand });
const reserved = async (sku: string) => (await app.send('GET', `/stock/${sku}`)).body.reserved;
const lamps = (quantity: number) => [{ sku: 'LAMP', quantity }];
const released = { code: 'inventory.reservation-released', status: 409, defined: true };

/** Whether the sum of the reservations of each SKU is what the stock says. */
async function expectConsistent() {
  const { rows } = await tables.query(
    `select stock.sku from stock left join reservations using (sku)
     group by stock.sku, stock.reserved
     having coalesce(sum(quantity), 0) <> stock.reserved`,
  );
  expect(rows).toEqual([]);
}

describe('reserving', () => {
  it('holds back all lines, and tells which', async () => {
    const lines = [...lamps(2), { sku: 'ROPE', quantity: 5 }];
    const answer = await persistently(() => inventory.reserve({ key: 'k', lines }));
    expect(answer.lines).toHaveLength(2);
    expect(answer.lines).toEqual(expect.arrayContaining(lines));
    expect([await reserved('LAMP'), await reserved('ROPE')]).toEqual([2, 5]);
  });

  it('takes what was counted while it waited, though there was less when it began', async () => {
    await count('LAMP', 1);
    const counting = await holdLock('inventory', 'update stock set on_hand = 4');
    const answer = inventory.reserve({ key: 'k', lines: lamps(3) });
    await counting.waiters('inventory');
    await counting.commit();
    expect(await answer).toEqual({ lines: lamps(3) });
    expect(await reserved('LAMP')).toBe(3);
  });

  it('gives the same answer to the same key, and acts once', async () => {
    const first = await inventory.reserve({ key: 'k', lines: lamps(2) });
    expect(await inventory.reserve({ key: 'k', lines: lamps(2) })).toEqual(first);
    await inventory.reserve({ key: 'another', lines: lamps(1) });
    expect(await inventory.reserve({ key: 'k', lines: lamps(2) })).toEqual(first);
    expect(await reserved('LAMP')).toBe(3);
  });

  it('refuses the same key with other lines', async () => {
    await inventory.reserve({ key: 'k', lines: lamps(2) });
    const again = inventory.reserve({ key: 'k', lines: lamps(3) });
    await expect(again).rejects.toMatchObject({
      code: KeyReused.code,
      status: 422,
      data: { key: 'k' },
    });
    expect(await reserved('LAMP')).toBe(2);
  });

  it('holds back nothing when one line is short, and names every shortage', async () => {
    const lines = [...lamps(2), { sku: 'ROPE', quantity: 6 }, { sku: 'NONE', quantity: 1 }];
    const refusal = await inventory.reserve({ key: 'k', lines }).catch((error: unknown) => error);
    expect(OutOfStock.is(refusal)).toBe(true);
    const { shortages } = (refusal as InstanceType<typeof OutOfStock>).data;
    expect(shortages).toHaveLength(2);
    expect(shortages).toEqual(
      expect.arrayContaining([
        { sku: 'ROPE', requested: 6, available: 5 },
        { sku: 'NONE', requested: 1, available: 0 },
      ]),
    );
    expect(await reserved('LAMP')).toBe(0);
    await expectConsistent();
  });

  it('remembers a refusal, though there is stock by then', async () => {
    const ask = () => inventory.reserve({ key: 'k', lines: lamps(11) });
    const first = await ask().catch((error: unknown) => error);
    await count('LAMP', 100);
    const second = await ask().catch((error: unknown) => error);
    expect(OutOfStock.is(first) && OutOfStock.is(second)).toBe(true);
    expect(second).toMatchObject({ data: (first as { data: unknown }).data });
    expect(await inventory.reserve({ key: 'new', lines: lamps(11) })).toEqual({ lines: lamps(11) });
    expect(await reserved('LAMP')).toBe(11);
  });

  it('acts once when 50 calls with the same key come at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => inventory.reserve({ key: 'k', lines: lamps(3) })),
    );
    expect(answers).toEqual(Array(50).fill({ lines: lamps(3) }));
    expect(await reserved('LAMP')).toBe(3);
    await expectConsistent();
  });

  it('lets one of two inputs win when both come under the same key at the same time', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        inventory.reserve({ key: 'k', lines: lamps(1 + (index % 2)) }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(KeyReused.is(outcome.reason)).toBe(true);
    }
    await expectConsistent();
  });

  it.each([
    ['no line', []],
    ['a SKU twice', [...lamps(1), ...lamps(2)]],
    ['no piece', lamps(0)],
    ['half a piece', lamps(0.5)],
    ['minus one piece', lamps(-1)],
    ['a SKU that is none', [{ sku: "x'; --", quantity: 1 }]],
  ])('refuses %s at the wall', async (_case, lines) => {
    const refusal = inventory.reserve({ key: 'k', lines });
    await expect(refusal).rejects.toMatchObject({ code: 'BAD_REQUEST', defined: false });
    expect(await inventory.reserve({ key: 'k', lines: lamps(1) })).toEqual({ lines: lamps(1) });
  });

  it.each(['', 'x'.repeat(256)])('refuses the key %j at the wall', async (key) => {
    await expect(inventory.reserve({ key, lines: lamps(1) })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
  });
});

describe('releasing', () => {
  it('gives back what the key holds, once', async () => {
    await inventory.reserve({ key: 'k', lines: lamps(4) });
    await inventory.reserve({ key: 'other', lines: lamps(1) });
    expect(await inventory.release({ key: 'k' })).toEqual({ lines: lamps(4) });
    expect(await inventory.release({ key: 'k' })).toEqual({ lines: lamps(4) });
    expect(await reserved('LAMP')).toBe(1);
    await expectConsistent();
  });

  it('is remembered of a key never seen, and a late reserve is refused', async () => {
    expect(await inventory.release({ key: 'k' })).toEqual({ lines: [] });
    const late = inventory.reserve({ key: 'k', lines: lamps(1) });
    await expect(late).rejects.toMatchObject({ ...released, data: { key: 'k' } });
    expect(await reserved('LAMP')).toBe(0);
  });

  it('lets no reserve of the same key follow, be it the same or another', async () => {
    await inventory.reserve({ key: 'k', lines: lamps(1) });
    await inventory.release({ key: 'k' });
    for (const quantity of [1, 2]) {
      const again = inventory.reserve({ key: 'k', lines: lamps(quantity) });
      await expect(again).rejects.toMatchObject(released);
    }
    expect(await reserved('LAMP')).toBe(0);
  });

  it('takes a refused reservation for released too', async () => {
    await inventory.reserve({ key: 'k', lines: lamps(11) }).catch(() => undefined);
    expect(await inventory.release({ key: 'k' })).toEqual({ lines: [] });
    expect(await reserved('LAMP')).toBe(0);
  });

  it('gives back once when 20 calls come at the same time', async () => {
    await inventory.reserve({ key: 'k', lines: lamps(4) });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => inventory.release({ key: 'k' })),
    );
    expect(answers).toEqual(Array(20).fill({ lines: lamps(4) }));
    expect(await reserved('LAMP')).toBe(0);
  });

  it('ends with nothing held, in whatever order it meets the reserve that it races', async () => {
    await count('LAMP', 1000);
    const keys = Array.from({ length: 100 }, (_, index) => `race-${index}`);
    const lines = [...lamps(1), { sku: 'ROPE', quantity: 1 }];
    await Promise.all(
      keys.flatMap((key, index) => {
        const calls = [() => inventory.reserve({ key, lines }), () => inventory.release({ key })];
        return (index % 2 ? calls : calls.reverse()).map(answered);
      }),
    );
    await expectConsistent();
    expect([await reserved('LAMP'), await reserved('ROPE')]).toEqual([0, 0]);
    for (const key of keys.slice(0, 5)) {
      await expect(inventory.reserve({ key, lines })).rejects.toMatchObject(released);
    }
  });

  it('does not deadlock with reservations of the same products in another order', async () => {
    await count('LAMP', 1000);
    await count('ROPE', 1000);
    const both = [...lamps(1), { sku: 'ROPE', quantity: 1 }];
    const inTurn = (index: number) => (index % 2 ? both : [...both].reverse());
    const keys = Array.from({ length: 40 }, (_, index) => `k-${index}`);
    await Promise.all(keys.map((key, index) => inventory.reserve({ key, lines: inTurn(index) })));
    await Promise.all(
      keys.flatMap((key, index) => [
        inventory.release({ key }),
        inventory.reserve({ key: `new-${index}`, lines: inTurn(index) }),
      ]),
    );
    expect([await reserved('LAMP'), await reserved('ROPE')]).toEqual([40, 40]);
    await expectConsistent();
  });
});

describe('locks products in the order of their SKUs, so that no two calls wait for each other', () => {
  const lines = [{ sku: 'ROPE', quantity: 1 }, ...lamps(1)];
  const expectOnlyLampIsWaitedFor = async (call: () => Promise<unknown>) => {
    const lamp = await holdLock('inventory', `select from stock where sku = 'LAMP' for update`);
    const answer = call();
    await lamp.waiters('inventory');
    const free = await tables.query(`select from stock where sku = 'ROPE' for update skip locked`);
    await lamp.release();
    await answer;
    expect(free.rowCount).toBe(1);
  };

  it('reserve', () => expectOnlyLampIsWaitedFor(() => inventory.reserve({ key: 'k', lines })));

  it('release', async () => {
    await inventory.reserve({ key: 'k', lines });
    await expectOnlyLampIsWaitedFor(() => inventory.release({ key: 'k' }));
  });
});

const answered = (call: () => Promise<unknown>) => persistently(call).catch(expectRefusal);

function expectRefusal(error: unknown): void {
  expect([released.code, OutOfStock.code]).toContain((error as { code?: string }).code);
}
