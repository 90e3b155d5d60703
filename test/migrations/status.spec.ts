import { cpSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  isInOrder,
  migrate,
  migrationStatus,
  type MigrationTarget,
} from '../../scripts/lib/migrations/index.js';
import { rootFolder } from '../../scripts/lib/project.js';
import {
  checksumOf,
  compareHistory,
  readHistory,
  readMigrations,
} from '#platform/database/migration-history';
import { Fixture, tablesOf } from './support.js';

const ITEM = 'model Item {\n  id Int @id\n  name String\n}\n';
const ITEM_SQL =
  'CREATE TABLE "Item" ("id" INTEGER NOT NULL, "name" TEXT NOT NULL, CONSTRAINT "Item_pkey" PRIMARY KEY ("id"));';

describe("the modules' status", () => {
  let fixture: Fixture;
  const statusOf = async (target: MigrationTarget) => {
    const [status] = await migrationStatus([target], { prismaFolder: fixture.prismaFolder });
    return status as NonNullable<typeof status>;
  };
  const run = (target: MigrationTarget) =>
    migrate([target], { prismaFolder: fixture.prismaFolder });

  beforeAll(async () => {
    fixture = await Fixture.open();
    cpSync(`${rootFolder}/prisma/platform`, `${fixture.prismaFolder}/platform`, {
      recursive: true,
    });
  });
  afterAll(() => fixture.close());

  it('is in order when migrated, the tables of the platform being no drift', async () => {
    const target = await fixture.module('boats');
    fixture.models('boats', ITEM);
    fixture.migration('boats', 1, ITEM_SQL);
    await run(target);
    const status = await statusOf(target);
    expect(status.drift).toBe('');
    expect(isInOrder(status)).toBe(true);
    expect((await tablesOf(await fixture.connect(target))).length).toBeGreaterThan(3);
  });

  it('shows the SQL that takes a database that has drifted to schema.prisma', async () => {
    const target = await fixture.module('drifted');
    fixture.models('drifted', ITEM);
    fixture.migration('drifted', 1, ITEM_SQL);
    await run(target);
    const owner = await fixture.connect(target);
    await owner.query('ALTER TABLE "Item" DROP COLUMN name; CREATE TABLE "stray" ("id" int)');
    const status = await statusOf(target);
    expect(status.drift).toMatch(/ADD COLUMN +"name" TEXT NOT NULL/);
    expect(status.drift).toContain('DROP TABLE "stray"');
    expect(isInOrder(status)).toBe(false);
  });

  it('puts every migration in one list: applied, pending, edited, failed or missing', async () => {
    const target = await fixture.module('listed');
    const names = [1, 2, 3].map((number) =>
      fixture.migration('listed', number, `CREATE TABLE "t${number}" ("id" int);`),
    );
    await run(target);
    fixture.migration('listed', 2, 'CREATE TABLE "other" ("id" int);');
    const pending = fixture.migration('listed', 4, 'CREATE TABLE "t4" ("id" int);');
    const owner = await fixture.connect(target);
    await owner.query(
      `UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '${names[2]}';
       INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name)
       VALUES ('x', 'y', now(), '20200101000000_lost')`,
    );
    const status = await statusOf(target);
    expect(status).toMatchObject({
      pending: [pending],
      edited: [names[1]],
      failed: [names[2]],
      missing: ['20200101000000_lost'],
    });
    expect(status.applied).toContain(names[0]);
  });

  it('can be read by the login role, and is all pending before the first migration', async () => {
    const target = await fixture.module('fresh');
    const name = fixture.migration('fresh', 1, 'CREATE TABLE "t" ("id" int);');
    const login = await fixture.connect(target, 'login');
    const read = async () =>
      compareHistory(
        readMigrations(fixture.prismaFolder, 'fresh'),
        await readHistory(async (text) => (await login.query(text)).rows),
      );
    const before = await read();
    expect(before.applied).toEqual([]);
    expect(before.pending.at(-1)).toBe(name);
    await run(target);
    expect(await read()).toEqual({ ...before, applied: before.pending, pending: [] });
  });

  it('reports a schema.prisma that is wrong with the words of Prisma', async () => {
    const target = await fixture.module('wrong');
    fixture.models('wrong', 'model Item {\n  id Nothing @id\n}\n');
    await expect(statusOf(target)).rejects.toThrow('Type "Nothing" is neither a built-in type');
  });
});

describe("a module's history", () => {
  const sql = 'SELECT 1;\nSELECT 2;\n';

  it('forgives other line ends in a script that was applied', () => {
    const name = '20260101000001_step';
    const rows = [{ name, checksum: checksumOf(sql), finished: true, error: null }];
    const windows = compareHistory([{ name, sql: sql.replaceAll('\n', '\r\n') }], rows);
    expect(windows.applied).toEqual([name]);
  });
});
