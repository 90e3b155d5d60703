import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EngineConnection } from '../../scripts/lib/migrations/adapter.js';
import { migrate, type MigrationTarget } from '../../scripts/lib/migrations/index.js';
import { Fixture, migrationError, tablesOf } from './support.js';

describe('migrating', () => {
  let fixture: Fixture;
  const run = (
    targets: MigrationTarget[],
    more: { retry?: string; lockWaitSeconds?: number; dryRun?: boolean } = {},
  ) => migrate(targets, { prismaFolder: fixture.prismaFolder, ...more });

  beforeAll(async () => {
    fixture = await Fixture.open();
    fixture.write('platform/migrations/10_cursor.sql', 'create table cursor (feed text);');
    fixture.write('platform/migrations/2_feed.sql', 'create table feed (id bigint);');
  });
  afterAll(() => fixture.close());

  it("applies the platform's migrations and then the module's, in order, and only once", async () => {
    const target = await fixture.module('boats');
    const second = fixture.migration('boats', 2, 'ALTER TABLE "a" ADD COLUMN "b" int;');
    const first = fixture.migration('boats', 1, 'CREATE TABLE "a" ("id" int PRIMARY KEY);');
    const applied = ['platform/2_feed', 'platform/10_cursor', first, second];
    expect(await run([target], { dryRun: true })).toEqual([{ module: 'boats', applied }]);
    expect(await run([target])).toEqual([{ module: 'boats', applied }]);
    expect(await run([target])).toEqual([{ module: 'boats', applied: [] }]);
    const third = fixture.migration('boats', 3, 'DROP TABLE "a";');
    expect(await run([target])).toEqual([{ module: 'boats', applied: [third] }]);
  });

  it('makes tables that belong to the owner role and lets the login role only read the histories', async () => {
    const target = await fixture.module('guarded');
    fixture.migration('guarded', 1, 'CREATE TABLE "mine" ("id" int);');
    await run([target]);
    const login = await fixture.connect(target, 'login');
    await login.query('INSERT INTO mine VALUES (1)');
    for (const table of ['_prisma_migrations', '_platform_migrations']) {
      expect((await login.query(`SELECT * FROM ${table}`)).rows).not.toHaveLength(0);
      for (const write of [`DELETE FROM ${table}`, `UPDATE ${table} SET checksum = ''`]) {
        await expect(login.query(write)).rejects.toThrow(`permission denied for table ${table}`);
      }
    }
  });

  it('takes rights on the histories away again that someone has given', async () => {
    const target = await fixture.module('regranted');
    await run([target]);
    const owner = await fixture.connect(target);
    await owner.query(`GRANT INSERT ON _platform_migrations TO ${target.loginRole}`);
    await run([target]);
    const login = await fixture.connect(target, 'login');
    await expect(login.query("INSERT INTO _platform_migrations VALUES ('x', 'y')")).rejects.toThrow(
      'permission denied',
    );
  });

  it('sends a script whole, so that function bodies may hold semicolons', async () => {
    const target = await fixture.module('functions');
    const body = 'BEGIN PERFORM 1; RETURN 7; END';
    fixture.migration(
      'functions',
      1,
      `CREATE FUNCTION seven() RETURNS int LANGUAGE plpgsql AS $$ ${body} $$; SELECT 'a;b';`,
    );
    await run([target]);
    const owner = await fixture.connect(target);
    expect((await owner.query('SELECT seven()')).rows).toEqual([{ seven: 7 }]);
  });

  it('does not let the settings of one script reach the next', async () => {
    const target = await fixture.module('settings');
    const connection = new EngineConnection(target.ownerUrl, target.module);
    const adapter = await connection.connect();
    await adapter.executeScript("SELECT set_config('search_path', '', false);");
    await adapter.executeScript('CREATE TABLE "here" ("id" int);');
    await connection.close();
    expect(await tablesOf(await fixture.connect(target))).toContain('here');
  });

  it('stops the module with an edited, failed or missing migration, says the remedy, and goes on with the others', async () => {
    const targets = await fixture.modules('edited', 'gone', 'broken', 'sound');
    for (const { module } of targets) fixture.migration(module, 1, 'CREATE TABLE "t" ("id" int);');
    await run(targets);
    fixture.migration('edited', 1, 'CREATE TABLE "t" ("id" bigint);');
    fixture.migration('edited', 2, 'CREATE TABLE "never" ("id" int);');
    await (
      await fixture.connect(targets[1] as MigrationTarget)
    ).query(`UPDATE _prisma_migrations SET migration_name = '20250101000000_other'`);
    fixture.migration('broken', 2, 'CREATE TABLE "u" ("id" int);\nCREATE TABLE "t" ("id" int);');
    const next = fixture.migration('sound', 2, 'CREATE TABLE "u" ("id" int);');

    const { reports, message, exitCode } = await migrationError(run(targets));
    expect(exitCode).toBe(1);
    expect(reports.map(({ module, applied }) => [module, applied])).toEqual([
      ['edited', []],
      ['gone', []],
      ['broken', []],
      ['sound', [next]],
    ]);
    expect(message).toContain('edited: the migration "20260101000001_step" was edited after');
    expect(message).toContain('Restore the file');
    expect(message).toContain(
      'gone: the migration "20250101000000_other" is in the database and not on disk',
    );
    expect(message).toContain(
      'broken: the migration "20260101000002_step" failed: relation "t" already exists',
    );
    expect(message).toContain('Nothing of it is left in the database');
    expect(message).toContain('npm run db:migrate -- --retry broken');
    const owner = await fixture.connect(targets[2] as MigrationTarget);
    expect(await tablesOf(owner)).not.toContain('u');

    const again = await migrationError(run(targets));
    expect(again.message).toContain('failed before: relation "t" already exists');
  });

  it('applies a mended migration again when told to retry', async () => {
    const target = await fixture.module('mended');
    const name = fixture.migration('mended', 1, 'CREATE TABLE "t" ("id" nosuchtype);');
    const { message } = await migrationError(run([target]));
    expect(message).toContain('type "nosuchtype" does not exist (line 1)');
    fixture.migration('mended', 1, 'CREATE TABLE "t" ("id" int);');
    await migrationError(run([target]));
    expect(await run([target], { retry: 'mended' })).toEqual([
      { module: 'mended', applied: [name] },
    ]);
    expect(await run([target])).toEqual([{ module: 'mended', applied: [] }]);
  });

  it('says that a part may be left where a script ends its own transactions', async () => {
    const target = await fixture.module('parts');
    fixture.migration('parts', 1, 'BEGIN; CREATE TABLE "t" (); COMMIT; SELECT 1/0;');
    const { message } = await migrationError(run([target]));
    expect(message).toContain('a part of it may be in the database');
  });

  it('refuses a script that begins a transaction and does not end it', async () => {
    const target = await fixture.module('open');
    fixture.migration('open', 1, 'BEGIN; CREATE TABLE "t" ();');
    const { message } = await migrationError(run([target]));
    expect(message).toContain('begins a transaction that it does not end');
    expect(await tablesOf(await fixture.connect(target))).not.toContain('t');
  });

  it("undoes a failed migration of the platform's, and needs no retry for it", async () => {
    const target = await fixture.module('platformer');
    fixture.write('platform/migrations/11_bad.sql', 'create table parked (); select 1/0;');
    const { message } = await migrationError(run([target]));
    expect(message).toContain(
      'platformer: the migration "platform/11_bad" failed: division by zero',
    );
    fixture.write('platform/migrations/11_bad.sql', 'create table parked ();');
    const [report] = await run([target]);
    expect(report?.applied).toEqual(['platform/11_bad']);
  });

  it('lets two migrators at once end well, one of them with nothing to do', async () => {
    const targets = await fixture.modules('twice', 'thrice');
    fixture.migration('twice', 1, 'SELECT pg_sleep(0.3); CREATE TABLE "t" ("id" int);');
    fixture.migration('thrice', 1, 'CREATE TABLE "t" ("id" int);');
    const runs = await Promise.all([run(targets), run(targets), run(targets)]);
    const applied = runs.flat().flatMap((report) => report.applied);
    expect(applied.filter((name) => name.endsWith('_step'))).toHaveLength(2);
  });

  it('waits for a bounded time only while another process migrates', async () => {
    const target = await fixture.module('locked');
    const owner = await fixture.connect(target);
    await owner.query("SELECT pg_advisory_lock(hashtextextended('migrate:locked', 0))");
    const { message } = await migrationError(run([target], { lockWaitSeconds: 0.1 }));
    expect(message).toContain('Another process has been migrating the module "locked"');
  });

  it('gives up on a busy table after the lock_timeout of the role, and can be retried', async () => {
    const target = await fixture.module('busy');
    fixture.migration('busy', 1, 'CREATE TABLE "t" ("id" int);');
    await run([target]);
    const admin = await fixture.connectAsAdmin();
    await admin.query("ALTER ROLE ship_busy_owner SET lock_timeout = '100ms'");
    const login = await fixture.connect(target, 'login');
    await login.query('BEGIN; INSERT INTO t VALUES (1)');
    const name = fixture.migration('busy', 2, 'ALTER TABLE "t" ADD COLUMN "n" int;');
    const { message } = await migrationError(run([target]));
    expect(message).toContain(`"${name}" waited for a table that is busy`);
    expect(message).toContain('It is safe to retry: npm run db:migrate -- --retry busy');
    await login.query('COMMIT');
    const [report] = await run([target], { retry: 'busy' });
    expect(report?.applied).toEqual([name]);
  });

  it('asks to provision first where a role or a schema is missing', async () => {
    const target = await fixture.module('known');
    const stranger = { ...target, module: 'stranger' };
    await expect(run([stranger])).rejects.toMatchObject({ exitCode: 2 });
    const missing = { ...target, ownerUrl: target.ownerUrl.replace('known', 'nobody') };
    await expect(run([missing])).rejects.toMatchObject({
      message: expect.stringContaining('is not provisioned'),
      remedy: expect.stringContaining('npm run db:provision'),
    });
  });
});
