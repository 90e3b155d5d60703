// only: catalog, customers, orders
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { MODULE_METADATA } from '@nestjs/common/constants';
import pg from 'pg';
import { StartRefused } from '#platform/database/start-check';
import { appConfig, createApp } from '../../src/app.js';
import { AppModule } from '../../src/app.module.js';
import { asksForPasswords } from '../support/asks-for-passwords.js';
import { roleUrl, testEnvironment, testProject } from '../support/test-project.js';

const passwords = await asksForPasswords();

let owner: pg.Client;

beforeAll(async () => {
  owner = new pg.Client({ connectionString: roleUrl('catalog', 'owner') });
  await owner.connect();
  await owner.query('create table history_before as table _prisma_migrations');
});
afterAll(async () => {
  await owner.query('drop table history_before');
  await owner.end();
});
afterEach(async () => {
  await owner.query('begin; delete from _prisma_migrations');
  await owner.query('insert into _prisma_migrations table history_before; commit');
});

const MIGRATION = '20260105090000_init';

/** Why the app does not start; it is closed again if it does. */
async function faults(change: Record<string, string> = {}): Promise<readonly string[]> {
  try {
    const app = await createApp(appConfig({ ...testEnvironment(), ...change }));
    await app.close();
  } catch (error) {
    if (error instanceof StartRefused) return error.faults;
    throw error;
  }
  return [];
}

describe('the app starts', () => {
  it('on a database that is as it should be', async () => {
    expect(await faults()).toEqual([]);
  });
});

describe('the app does not start', () => {
  it('when a migration is pending', async () => {
    await owner.query('delete from _prisma_migrations');
    expect(await faults()).toEqual([
      `catalog: the migration "${MIGRATION}" is pending; run: npm run db:migrate`,
    ]);
  });

  it('when the history is missing', async () => {
    await owner.query('alter table _prisma_migrations rename to elsewhere');
    const found = await faults();
    await owner.query('alter table elsewhere rename to _prisma_migrations');
    expect(found).toEqual([expect.stringMatching(/^catalog: the migration .* is pending/)]);
  });

  it('when a migration was edited after it was applied', async () => {
    await owner.query("update _prisma_migrations set checksum = repeat('0', 64)");
    expect(await faults()).toEqual([
      expect.stringContaining(`catalog: the migration "${MIGRATION}" is edited; restore the file`),
    ]);
  });

  it('when a migration failed', async () => {
    await owner.query('update _prisma_migrations set finished_at = null');
    expect(await faults()).toEqual([
      expect.stringContaining(`catalog: the migration "${MIGRATION}" is failed`),
    ]);
  });

  it('when the database is ahead of the code', async () => {
    await owner.query(
      `insert into _prisma_migrations (id, checksum, migration_name, finished_at)
       values ('x', 'x', '20990101000000_later', now())`,
    );
    expect(await faults()).toEqual([
      expect.stringContaining('catalog: the migration "20990101000000_later" is missing'),
    ]);
  });

  it("when a module was given another module's role", async () => {
    const found = await faults({ CATALOG_DATABASE_URL: roleUrl('customers', 'login') });
    expect(found.length).toBeGreaterThan(0);
    expect(found.join('\n')).toMatch(
      /catalog, customers: \w+_customers has USAGE on schema customers/,
    );
  });

  it("when a module was given the owner's role", async () => {
    const found = await faults({ CATALOG_DATABASE_URL: roleUrl('catalog', 'owner') });
    expect(found.join('\n')).toMatch(/catalog: \w+_catalog_owner owns schema catalog/);
  });

  it("when a module was given the admin's role", async () => {
    const found = await faults({ CATALOG_DATABASE_URL: testProject().adminUrl });
    expect(found.join('\n')).toMatch(/catalog: \w+ (is|owns|has) /);
  });

  it('when the pool is larger than what the role may hold', async () => {
    const found = await faults({ POOL_SIZE: '1000' });
    expect(found).toHaveLength(testProject().modules.length);
    expect(found[0]).toMatch(/may hold \d+ connections, but POOL_SIZE is 1000/);
  });

  (passwords ? it : it.skip)(
    'when a database cannot be looked at, and names each with its remedy',
    async () => {
      const closed = new URL(roleUrl('catalog', 'login'));
      closed.port = '1';
      const wrong = new URL(roleUrl('customers', 'login'));
      wrong.password = 'hunter2';
      const found = await faults({
        CATALOG_DATABASE_URL: closed.href,
        CUSTOMERS_DATABASE_URL: wrong.href,
      });
      expect([...found].sort()).toEqual([
        expect.stringMatching(/^catalog: its database cannot be looked at .*check that the server/),
        expect.stringMatching(/^customers: its database cannot be looked at .*npm run db:url/),
      ]);
      expect(found.join()).not.toContain('hunter2');
    },
  );

  it('when a module is wired to another one', async () => {
    const { imports = [] } = AppModule.register(appConfig(testEnvironment()), []);
    const typeCalled = (name: string) =>
      imports.find((each): each is Type => 'name' in each && each.name === name) as Type;
    const orders = typeCalled('OrdersModule');
    Reflect.defineMetadata(MODULE_METADATA.IMPORTS, [typeCalled('CatalogModule')], orders);
    const found = await faults();
    Reflect.deleteMetadata(MODULE_METADATA.IMPORTS, orders);
    expect(found).toEqual([expect.stringMatching(/^OrdersModule imports CatalogModule; /)]);
  });

  it('for all of its reasons at once', async () => {
    await owner.query('delete from _prisma_migrations');
    const closed = new URL(roleUrl('orders', 'login'));
    closed.port = '1';
    const found = await faults({ ORDERS_DATABASE_URL: closed.href });
    expect([...found].sort()).toEqual([
      expect.stringMatching(/^catalog: the migration/),
      expect.stringMatching(/^orders: its database/),
    ]);
  });
});
// only: end
