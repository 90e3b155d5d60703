import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { urlWith } from '#platform/database/names';
import {
  migrate,
  migrationText,
  type MigrationTarget,
  planMigration,
  writeMigration,
} from '../../scripts/lib/migrations/index.js';
import { Fixture } from './support.js';

const ITEM = 'model Item {\n  id Int @id\n  name String\n  note String?\n}\n';

describe('creating a migration', () => {
  let fixture: Fixture;
  const plan = (target: MigrationTarget, adminUrl = fixture.adminUrl) =>
    planMigration(adminUrl, target, fixture.prismaFolder);
  const shadowDatabases = async () => {
    const admin = await fixture.connectAsAdmin();
    const { rows } = await admin.query(
      "SELECT datname FROM pg_database WHERE datname LIKE '%shadow%'",
    );
    return rows;
  };

  beforeAll(async () => {
    fixture = await Fixture.open();
    fixture.write('platform/migrations/1_feed.sql', 'create table feed (id bigint);');
  });
  afterAll(() => fixture.close());

  it('writes what takes nothing to schema.prisma, beginning with the first table', async () => {
    const target = await fixture.module('boats');
    fixture.models('boats', ITEM);
    const planned = await plan(target);
    expect(planned.warnings).toEqual([]);
    expect(migrationText(planned)).toMatch(/^-- CreateTable\nCREATE TABLE "Item" \(\n/);
    const path = writeMigration(fixture.prismaFolder, 'boats', 'init', migrationText(planned));
    expect(path).toMatch(/^boats\/migrations\/\d{14}_init\/migration\.sql$/);
    expect(
      readFileSync(`${fixture.prismaFolder}/boats/migrations/migration_lock.toml`, 'utf8'),
    ).toBe('provider = "postgresql"\n');
    const [report] = await migrate([target], { prismaFolder: fixture.prismaFolder });
    expect(report?.applied).toHaveLength(2);
    expect(await plan(target)).toEqual({ sql: '', warnings: [] });
  });

  it('writes only what has changed since the last migration, and after it', async () => {
    const target = await fixture.module('grown');
    fixture.models('grown', ITEM);
    const past = new Date('2026-01-01');
    writeMigration(fixture.prismaFolder, 'grown', 'one', migrationText(await plan(target)), past);
    fixture.models('grown', `${ITEM}model Label {\n  id Int @id\n}\n`);
    const planned = await plan(target);
    expect(planned.sql).toContain('CREATE TABLE "Label"');
    expect(planned.sql).not.toContain('Item');
    writeMigration(fixture.prismaFolder, 'grown', 'another', planned.sql, past);
    const folders = readdirSync(`${fixture.prismaFolder}/grown/migrations`).filter((name) =>
      /^\d/.test(name),
    );
    expect(folders).toEqual(['20260101000000_one', '20260101000001_another']);
    expect(await plan(target)).toEqual({ sql: '', warnings: [] });
  });

  it('warns of data that may be lost or in the way, whatever this database holds', async () => {
    const target = await fixture.module('lossy');
    fixture.models('lossy', `${ITEM}model Label {\n  id Int @id\n}\n`);
    writeMigration(fixture.prismaFolder, 'lossy', 'one', migrationText(await plan(target)));
    fixture.models('lossy', 'model Item {\n  id Int @id\n  note String\n  extra Int\n}\n');
    const planned = await plan(target);
    expect(planned.warnings).toEqual([
      'Added the required column `extra` to the `Item` table without a default value. If there are rows in this table, it is not possible to execute this step.',
      'Made the column `note` on table `Item` required, which fails if there are NULL values.',
      'You are about to drop the column `name` on the `Item` table.',
      'You are about to drop the `Label` table.',
    ]);
    expect(migrationText(planned)).toMatch(/^-- Warning: Added the required/);
  });

  it('says which migration does not apply, and leaves no shadow database behind', async () => {
    const target = await fixture.module('stuck');
    fixture.models('stuck', ITEM);
    const name = fixture.migration('stuck', 1, 'CREATE TABLE "t" ("id" nosuchtype);');
    await expect(plan(target)).rejects.toThrow(name);
    expect(await shadowDatabases()).toEqual([]);
    expect(existsSync(`${fixture.prismaFolder}/stuck/migrations/migration_lock.toml`)).toBe(false);
  });

  it('drops the shadow databases of killed runs, and of no others', async () => {
    const target = await fixture.module('tidy');
    fixture.models('tidy', ITEM);
    const admin = await fixture.connectAsAdmin();
    await admin.query('CREATE DATABASE ship_shadow_0123456789ab');
    await admin.query('CREATE DATABASE ship_shadow_ba9876543210');
    await admin.query('CREATE DATABASE ship_shadow_of_ours');
    await admin.query("SELECT pg_advisory_lock(hashtextextended('ship_shadow_ba9876543210', 0))");
    await plan(target);
    expect((await shadowDatabases()).map(({ datname }) => datname).sort()).toEqual([
      'ship_shadow_ba9876543210',
      'ship_shadow_of_ours',
    ]);
  });

  it('needs no superuser: an admin who may make databases and roles will do', async () => {
    const admin = await fixture.connectAsAdmin();
    await admin.query("CREATE ROLE operator LOGIN CREATEDB CREATEROLE PASSWORD 'operator'");
    const target = await fixture.module('managed');
    await admin.query('GRANT CONNECT ON DATABASE ship TO operator');
    fixture.models('managed', ITEM);
    const adminUrl = urlWith(fixture.adminUrl, { user: 'operator', password: 'operator' });
    expect((await plan(target, adminUrl)).sql).toContain('CREATE TABLE "Item"');
  });
});
