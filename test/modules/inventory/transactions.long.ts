import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { inventoryContract } from '#modules/inventory';
import { ContractRegistry } from '#platform/contracts/contract-registry';
import { ModuleDatabase } from '#platform/database/module-database';
import { sql } from '#platform/database';
import { ModuleUnavailable } from '#platform/errors';
import { PrismaClient } from '../../../src/modules/inventory/internal/prisma/client.js';
import { emptyTables } from '../../support/test-app.js';
import { roleUrl } from '../../support/test-project.js';
import { terminateSessions } from '../../platform/held-lock.js';

let db: ModuleDatabase<PrismaClient>;
let owner: pg.Client;

beforeAll(async () => {
  const url = roleUrl('inventory', 'login');
  db = new ModuleDatabase({ module: 'inventory', url, poolSize: 4 }, PrismaClient);
  owner = new pg.Client({ connectionString: roleUrl('inventory', 'owner') });
  await owner.connect();
  // A sequence counts the attempts, since it is not rolled back with them.
  await owner.query(`
    create sequence attempts;
    create function refuse(state text, times int) returns int language plpgsql as $$
      begin
        if nextval('attempts') <= times then
          raise exception 'not this time' using errcode = state;
        end if;
        return times;
      end $$;
    grant usage on sequence attempts to public;
    grant execute on function refuse to public`);
});
afterAll(async () => {
  await owner.query('drop function refuse; drop sequence attempts');
  await owner.end();
  await db.onApplicationShutdown();
});

beforeEach(async () => {
  await emptyTables('inventory');
  await owner.query("insert into stock (sku, on_hand) values ('A', 100), ('B', 100)");
  await owner.query("select setval('attempts', 1, false)");
});

const refuse = (state: string, times: number) => sql`select refuse(${state}, ${times}::int)`;
const onHand = async (sku: string) =>
  (await db.query((prisma) => prisma.stock.findUniqueOrThrow({ where: { sku } }))).onHand;
const failure = (work: Promise<unknown>) => work.catch((error: unknown) => error);

describe('the transaction runner', () => {
  it.each(['40001', '40P01', 'MV001'])('runs all of it again on %s', async (state) => {
    let runs = 0;
    const answer = await db.transaction(async (tx) => {
      runs += 1;
      await tx.stock.update({ where: { sku: 'A' }, data: { onHand: { decrement: 1 } } });
      await tx.$queryRaw(refuse(state, 2));
      return `run ${runs}`;
    });
    expect(answer).toBe('run 3');
    expect(await onHand('A')).toBe(99);
  });

  it.each(['40001', '40P01', 'MV001'])('runs a single statement again on %s', async (state) => {
    expect(await db.query(refuse(state, 3))).toEqual([{ refuse: 3 }]);
    const prisma = await db.query((client) => client.$queryRaw(refuse(state, 6)));
    expect(prisma).toEqual([{ refuse: 6 }]);
  });

  it.each(['25P03', '55P03', '57014'])('is unavailable, not broken, on %s', async (state) => {
    const error = await failure(db.query(refuse(state, 1)));
    expect(ModuleUnavailable.is(error)).toBe(true);
  });

  it('runs it again when Postgres finds that it is not serializable', async () => {
    let runs = 0;
    await db.transaction(async (tx) => {
      runs += 1;
      await tx.$executeRaw(sql`set transaction isolation level repeatable read`);
      const found = await tx.stock.findUniqueOrThrow({ where: { sku: 'A' } });
      if (runs === 1) await owner.query("update stock set on_hand = 50 where sku = 'A'");
      await tx.stock.update({ where: { sku: 'A' }, data: { onHand: found.onHand - 1 } });
    });
    expect(runs).toBe(2);
    expect(await onHand('A')).toBe(49);
  });

  it('runs the victim of a deadlock again, and both effects stay', async () => {
    let runs = 0;
    const meeting = meetingOf(2);
    const takeFrom = (first: string, second: string) =>
      db.transaction(async (tx) => {
        runs += 1;
        const take = { data: { onHand: { decrement: 1 } } };
        await tx.stock.update({ where: { sku: first }, ...take });
        await meeting();
        await tx.stock.update({ where: { sku: second }, ...take });
      });
    await Promise.all([takeFrom('A', 'B'), takeFrom('B', 'A')]);
    expect(runs).toBe(3);
    expect([await onHand('A'), await onHand('B')]).toEqual([98, 98]);
  });

  it.each(['23505', '23514', 'P0001', '42501', '57014'])('runs it once on %s', async (state) => {
    let runs = 0;
    const work = db.transaction((tx) => {
      runs += 1;
      return tx.$queryRaw(refuse(state, 1));
    });
    await expect(work).rejects.toThrow();
    expect(runs).toBe(1);
  });

  it("passes on the work's own error, and undoes the work", async () => {
    const own = new Error('no');
    const work = db.transaction(async (tx) => {
      await tx.stock.update({ where: { sku: 'A' }, data: { onHand: 1 } });
      throw own;
    });
    await expect(work).rejects.toBe(own);
    expect(await onHand('A')).toBe(100);
  });

  it('gives up when the refusals do not end: the module is unavailable', async () => {
    const errors = await Promise.all(
      ['40001', '40P01', 'MV001'].map((state) => failure(db.query(refuse(state, 1_000_000)))),
    );
    for (const error of errors) {
      expect(ModuleUnavailable.is(error)).toBe(true);
      expect(error).toMatchObject({ status: 503, data: { module: 'inventory' } });
      expect((error as Error).cause).toMatchObject({ message: 'not this time' });
    }
  });

  it('finds the module unavailable when its session ends in the middle, and goes on after', async () => {
    const error = await failure(
      db.transaction(async (tx) => {
        await tx.stock.update({ where: { sku: 'A' }, data: { onHand: 1 } });
        await terminateSessions(['inventory']);
        await tx.stock.update({ where: { sku: 'B' }, data: { onHand: 1 } });
      }),
    );
    expect(ModuleUnavailable.is(error)).toBe(true);
    expect([await onHand('A'), await onHand('B')]).toEqual([100, 100]);
  });

  it('outlives the end of its idle sessions', async () => {
    await Promise.all([onHand('A'), onHand('B'), onHand('A')]);
    await terminateSessions(['inventory']);
    expect(await onHand('A')).toBe(100);
  });
});

describe('inside an open transaction', () => {
  const inside = (work: () => Promise<unknown>) => failure(db.transaction(() => work()));

  it('refuses a contract call, naming caller and callee', async () => {
    const registry = new ContractRegistry();
    const client = registry.client(inventoryContract, 'orders');
    const error = (await inside(() => client.release({ key: 'k' }))) as Error;
    expect(error.name).toBe('InsideTransactionError');
    expect(error.message).toContain('"orders" called inventory.release inside an open transaction');
    expect(error.message).toContain('of "inventory"');
  });

  it('refuses a statement beside the transaction, and a transaction within', async () => {
    const beside = (await inside(async () => db.query(sql`select 1`))) as Error;
    expect(beside.message).toMatch(/^db\.query of "inventory" was called inside an open/);
    const within = (await inside(() => db.transaction(async () => 1))) as Error;
    expect(within.message).toMatch(/^db\.transaction of "inventory" was called inside an open/);
  });

  it('refuses them also after a wait, and not in the code beside it', async () => {
    const meeting = meetingOf(2);
    const [error, beside] = await Promise.all([
      inside(async () => {
        await meeting();
        return db.query(sql`select 1`);
      }),
      meeting().then(() => db.query(sql`select 1 as one`)),
    ]);
    expect((error as Error).name).toBe('InsideTransactionError');
    expect(beside).toEqual([{ one: 1 }]);
  });

  it('allows them again when it has ended, well or not', async () => {
    await db.transaction(async () => 1);
    await failure(db.transaction(() => Promise.reject(new Error('no'))));
    expect(await db.query(sql`select 1 as one`)).toEqual([{ one: 1 }]);
  });
});

/** A point at which so many wait for each other, the first time that they come. */
function meetingOf(count: number): () => Promise<void> {
  let arrived = 0;
  let open = () => {};
  const all = new Promise<void>((resolve) => (open = resolve));
  return async () => {
    arrived += 1;
    if (arrived >= count) open();
    await all;
  };
}
