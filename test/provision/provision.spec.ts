import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Plan,
  planProvision,
  provision,
  provisionCopy,
  type ProvisionTarget,
  scriptOf,
} from '../../scripts/lib/provision/index.js';
import { urlWith } from '#platform/database/names';
import { loginUrl, ownerUrl, run, type Scratch, startScratch } from './scratch.js';

let scratch: Scratch;

beforeAll(async () => {
  scratch = await startScratch({ shared_preload_libraries: 'pg_stat_statements' });
});
afterAll(() => scratch.release());

describe.each(['a superuser', 'an admin with CREATEROLE and CREATEDB'])(
  'provisioned by %s',
  (who) => {
    let target: ProvisionTarget;
    let dryRun: Plan;
    let done: Plan;

    beforeAll(async () => {
      target = scratch.target(who === 'a superuser' ? {} : { adminUrl: scratch.managed });
      dryRun = await planProvision(target);
      done = await provision(target);
      await run(
        ownerUrl(target),
        `create type "table" as enum ('a', 'b');
       create table "select" (id serial primary key, kind "table" not null default 'a');
       create function double(n int) returns int language sql return n * 2`,
      );
    });

    it('carries out exactly the plan of the dry run', () => {
      expect(done).toEqual(dryRun);
      expect(done.statements.length).toBeGreaterThan(0);
    });

    it('finds nothing to do the second time', async () => {
      expect(await provision(target)).toEqual({ ...done, statements: [] });
    });

    it('lets the login role use what the owner role makes, without naming the schema', async () => {
      const used = `insert into "select" (kind) values ('b');
      update "select" set kind = 'a'; delete from "select" where id > 1;
      select id, kind, double(id), kind::"table" from "select"`;
      expect(await run(loginUrl(target), used)).toEqual([{ id: 1, kind: 'a', double: 2 }]);
    });

    it.each([
      'truncate "order"."select"',
      'create table "order".more (id int)',
      'create table public.more (id int)',
      'create schema more',
      'create temporary table more (id int)',
      'set role SHOP_order_owner',
      'alter table "select" add more int',
    ])('denies the login role: %s', async (sql) => {
      const denied = run(loginUrl(target), sql.replace('SHOP', target.project));
      await expect(denied).rejects.toMatchObject({ code: '42501' });
    });

    it.each([
      'select from "order"."select"',
      'select "order".double(1)',
      'select \'a\'::"order"."table"',
    ])("denies a neighbour's roles: %s", async (sql) => {
      for (const url of [loginUrl(target, 'user'), ownerUrl(target, 'user')]) {
        await expect(run(url, sql)).rejects.toMatchObject({ code: '42501' });
      }
    });

    it('denies an owner role other schemas and databases', async () => {
      for (const sql of ['create schema more', 'create table public.more (id int)']) {
        await expect(run(ownerUrl(target), sql)).rejects.toMatchObject({ code: '42501' });
      }
      const other = ownerUrl({ ...target, adminUrl: scratch.url });
      await expect(run(other, 'select')).rejects.toMatchObject({ code: '42501' });
    });

    it('lets login roles read where modules are, and nothing else of the platform', async () => {
      await run(target.adminUrl, "insert into platform.placement (module) values ('order')");
      const read = 'select module, epoch, database, url from platform.placement';
      const row = { module: 'order', epoch: '0', database: null, url: null };
      expect(await run(loginUrl(target), read)).toEqual([row]);
      const denied = [
        [loginUrl(target), 'update platform.placement set epoch = 1'],
        [loginUrl(target), 'select from platform.move'],
        [loginUrl(target), 'create table platform.more ()'],
        [ownerUrl(target), read],
      ] as const;
      for (const [url, sql] of denied) {
        await expect(run(url, sql)).rejects.toMatchObject({ code: '42501' });
      }
    });

    it('forgets the moves of the original in a copy', async () => {
      const { adminUrl, project, modules } = target;
      const copy = `${project}_copy`;
      await run(
        adminUrl,
        "insert into platform.move (module, verb, step) values ('order', 'copy', '')",
      );
      await run(
        urlWith(adminUrl, { database: 'postgres' }),
        `create database ${copy} template ${project}`,
      );
      const copyUrl = urlWith(adminUrl, { database: copy });
      await provisionCopy(copyUrl, project, modules);
      expect(await run(copyUrl, 'select from platform.placement')).toEqual([]);
      expect(await run(copyUrl, 'select from platform.move')).toEqual([]);
      expect(await run(adminUrl, 'select from platform.placement')).toHaveLength(1);
    });

    it('leaves PUBLIC nothing', async () => {
      const granted = await run(
        target.adminUrl,
        `select privilege_type from pg_database, aclexplode(datacl) where datname = current_database() and grantee = 0
       union all
       select privilege_type from pg_namespace, aclexplode(nspacl) where nspname in ('public', 'order', 'user') and grantee = 0
       union all
       select privilege_type from pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner)))
       where proname = 'double' and grantee = 0`,
      );
      expect(granted).toEqual([]);
    });

    it('leaves no membership behind, save the one by which the maker of a role may drop it', async () => {
      const memberships = await run(
        scratch.url,
        // Before 16, the maker of a role is no member of it at all.
        `select from pg_auth_members m join pg_roles r on r.oid in (m.roleid, m.member)
         where r.rolname like '${target.project}\\_%' and not (
           to_jsonb(m) @> '{"set_option": false, "inherit_option": false}'
           and m.member::regrole::text = 'managed' and m.grantor::regrole::text = 'postgres')`,
      );
      expect(memberships).toEqual([]);
    });

    it('gives each role its path, its time-outs and its number of connections', async () => {
      const settings = `select current_setting('search_path') as path,
      current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
      current_setting('idle_in_transaction_session_timeout') as idle,
      (select rolconnlimit from pg_roles where rolname = current_user) as connections`;
      expect(await run(loginUrl(target), settings)).toEqual([
        { path: '"order"', statement: '10s', lock: '5s', idle: '10s', connections: 6 },
      ]);
      expect(await run(ownerUrl(target), settings)).toEqual([
        { path: '"order"', statement: '15min', lock: '3s', idle: '1min', connections: 10 },
      ]);
    });
  },
);

it('makes no schema for a module whose rows are elsewhere, once its own is gone', async () => {
  const target = scratch.target();
  await provision(target);
  await run(target.adminUrl, 'drop schema "order"');
  const made = async () =>
    (await planProvision(target)).statements.filter(({ sql }) => sql.startsWith('CREATE SCHEMA'));
  expect(await made()).toHaveLength(1);
  await run(
    target.adminUrl,
    "insert into platform.placement (module, database) values ('order', 'postgres://elsewhere/it')",
  );
  expect((await planProvision(target)).statements).toEqual([]);
});

it('gives a login role connections for two processes, of which each has one at home during a move', async () => {
  const target = scratch.target({ poolSize: 1 });
  await provision(target);
  const limit = 'select rolconnlimit as limit from pg_roles where rolname = current_user';
  expect(await run(loginUrl(target), limit)).toEqual([{ limit: 4 }]);
});

describe('passwords', () => {
  it('are masked in the plan and in its script', async () => {
    const target = scratch.target();
    const plan = await planProvision(target);
    expect(scriptOf(plan)).toContain("PASSWORD '…'");
    expect(scriptOf(plan) + JSON.stringify(plan)).not.toMatch(/SCRAM|\$4096/);
  });

  it('never reach the server, only their verifiers do', async () => {
    await run(
      scratch.url,
      'create extension pg_stat_statements; select pg_stat_statements_reset()',
    );
    const target = scratch.target();
    await provision(target);
    const seen = await run<{ query: string }>(scratch.url, 'select query from pg_stat_statements');
    const text = seen.map(({ query }) => query).join('\n');
    expect(text).toContain(`CREATE ROLE "${target.project}_order" `);
    expect(text).not.toContain(new URL(loginUrl(target)).password);
    await expect(run(loginUrl(target), 'select')).resolves.toBeDefined();
  });
});

it('may run several times at once on an empty server', async () => {
  const target = scratch.target({ adminUrl: scratch.managed });
  const plans = await Promise.all([provision(target), provision(target), provision(target)]);
  expect(plans.filter(({ statements }) => statements.length > 1)).toHaveLength(1);
  expect((await planProvision(target)).statements).toEqual([]);
});
