import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  checkMigration,
  checkMigrations,
  RULES,
  type RuleId,
} from '../../scripts/lib/migrations/check/index.js';
import { migrate } from '../../scripts/lib/migrations/index.js';
import { prismaFolder, readProjectModules } from '../../scripts/lib/project.js';
import { Fixture, migrationError, tablesOf } from './support.js';

const others = ['shelves', 'platform', 'public'];
const check = (sql: string, name = '20260101000001_step') =>
  checkMigration('loans', { name, sql }, others);
const rulesOf = (sql: string, name?: string) => check(sql, name).map(({ rule }) => rule);

const plpgsql = (body: string) =>
  `create function f() returns int language plpgsql as $$ begin ${body}; return 1; end $$`;

const errors: [RuleId, string][] = [
  ['unparsable', 'alter table loans add colum x int nul'],
  ['unparsable', "comment on table loans is 'open"],

  ['own-schema', 'create table shelves.copies (id int primary key)'],
  ['own-schema', 'create table public.copies (id int primary key)'],
  ['own-schema', 'create table nobodys.copies (id int primary key)'],
  [
    'own-schema',
    'alter table loans add foreign key (sku) references shelves.stock (sku) not valid',
  ],
  ['own-schema', 'create view seen as select sku from shelves.stock'],
  ['own-schema', 'create materialized view seen as select sku from shelves.stock'],
  [
    'own-schema',
    'create trigger t after insert on shelves.stock for each row execute function f()',
  ],
  [
    'own-schema',
    'create trigger t after insert on loans for each row execute function shelves.f()',
  ],
  ['own-schema', 'create table copies (like shelves.stock, primary key (sku))'],
  ['own-schema', 'create table copies (id int primary key) inherits (shelves.stock)'],
  ['own-schema', 'create table copies (id int primary key, mood shelves.mood)'],
  ['own-schema', "create table copies (id int primary key default nextval('shelves.seq'))"],
  ['own-schema', 'alter sequence seq owned by shelves.stock.id'],
  ['own-schema', 'alter table loans attach partition shelves.stock default'],
  ['own-schema', 'alter table loans set schema shelves'],
  ['own-schema', 'create policy p on loans using (exists (select from shelves.stock))'],
  ['own-schema', 'create rule r as on insert to loans do also delete from shelves.stock'],
  ['own-schema', 'drop function shelves.f(int)'],
  ['own-schema', 'comment on column shelves.stock.sku is null'],
  ['own-schema', "select 'shelves.stock'::regclass"],
  ['own-schema', 'call shelves.restock()'],
  ['own-schema', 'insert into copies select sku from SHELVES."stock"'],
  [
    'own-schema',
    'create function f() returns int language sql as $$ select 1 from shelves.stock $$',
  ],
  ['own-schema', 'create function f() returns int begin atomic select 1 from shelves.stock; end'],
  ['own-schema', plpgsql('perform 1 from shelves.stock')],
  ['own-schema', plpgsql('execute $x$ select 1 from shelves.stock $x$')],
  ['own-schema', 'do $$ declare row shelves.stock%rowtype; begin end $$'],
  ['own-schema', "do $$ begin execute 'select 1 from shelves.stock'; end $$"],

  ['rights', 'grant select on loans to shop_shelves'],
  ['rights', 'revoke select on loans from shop_shelves'],
  ['rights', 'grant shop_loans to shop_shelves'],
  ['rights', 'alter default privileges grant select on tables to public'],
  ['rights', 'alter table loans owner to shop_shelves'],
  ['rights', 'alter function f() owner to shop_shelves'],
  ['rights', 'reassign owned by shop_loans to shop_shelves'],
  ['rights', 'drop owned by shop_loans'],
  ['rights', 'create role someone login'],
  ['rights', 'alter role shop_loans set search_path = shelves'],
  ['rights', 'set role shop_shelves'],
  ['rights', 'reset role'],
  ['rights', 'set session authorization shop_shelves'],
  ['rights', 'do $$ begin grant select on loans to public; end $$'],

  [
    'security-definer',
    'create function f() returns int language sql security definer as $$ select 1 $$',
  ],
  ['security-definer', 'alter function f() security definer'],

  ['setting', 'set search_path = loans'],
  ['setting', 'set local lock_timeout = 0'],
  ['setting', 'reset all'],
  ['setting', "select set_config('search_path', 'loans', false)"],
  ['setting', "update pg_settings set setting = 'loans' where name = 'search_path'"],
  [
    'setting',
    'create function f() returns int language sql set search_path = loans as $$ select 1 $$',
  ],
  ['setting', plpgsql('set local search_path = loans')],

  ['server-object', 'create extension pgcrypto'],
  ['server-object', 'drop extension pgcrypto'],
  ['server-object', 'create server s foreign data wrapper postgres_fdw'],
  ['server-object', 'import foreign schema public from server s into loans'],
  ['server-object', 'create publication p for all tables'],
  ['server-object', "create subscription s connection '' publication p"],
  ['server-object', 'create event trigger t on ddl_command_start execute function f()'],
  ['server-object', 'create language plperl'],
  ['server-object', 'create database other'],
  ['server-object', "create tablespace t location '/tmp'"],
  ['server-object', 'create table copies (id int primary key) tablespace t'],
  ['server-object', 'create schema copies'],
  ['server-object', 'drop schema loans'],
  ['server-object', 'alter schema loans rename to other'],
  ['server-object', 'alter system set work_mem = 1'],
  ['server-object', "select lo_import('/etc/passwd')"],
  ['server-object', 'notify changed'],

  ['copy', "copy loans to program 'cat'"],
  ['copy', "copy loans from '/tmp/loans'"],

  ['unreadable', plpgsql("execute 'drop table ' || current_user")],
  ['unreadable', "do $$ begin execute format('drop table %I', current_user); end $$"],
  ['unreadable', "create function f() returns int language c as 'lib', 'f'"],
  ['unreadable', "select query_to_xml('select ' || 1, true, false, '')"],
  ['unreadable', "select nextval('shelves' || '.seq')"],

  [
    'concurrently-alone',
    'create table a (id int primary key); create index concurrently i on a (id)',
  ],
];

const warnings: [RuleId, string][] = [
  ['drop-table', 'drop table loans'],
  ['drop-table', 'drop view seen'],
  ['drop-column', 'alter table loans drop column note'],
  ['rename', 'alter table loans rename to bookings'],
  ['rename', 'alter table loans rename column note to remark'],
  ['rename', "alter type order_status rename value 'placed' to 'booked'"],
  ['required-column', 'alter table loans add column note text not null'],
  ['set-not-null', 'alter table loans alter column note set not null'],
  ['type-change', 'alter table loans alter column total type numeric'],
  ['volatile-default', 'alter table loans add column token uuid default gen_random_uuid()'],
  ['volatile-default', 'alter table loans add column position serial'],
  ['volatile-default', 'alter table loans add column position int generated always as identity'],
  [
    'volatile-default',
    'alter table loans add column double int generated always as (total * 2) stored',
  ],
  ['index', 'create index i on loans (note)'],
  ['index', 'create unique index i on loans (note)'],
  ['constraint', 'alter table loans add constraint c check (total > 0)'],
  ['constraint', 'alter table loans add foreign key (note) references notes (id)'],
  ['constraint', 'alter table loans add column note int references notes (id)'],
  ['unique-constraint', 'alter table loans add constraint u unique (note)'],
  ['unique-constraint', 'alter table loans add primary key (id)'],
  ['unique-constraint', 'alter table loans add constraint e exclude using gist (span with &&)'],
  ['unique-constraint', 'alter table loans add column note text unique'],
  ['lock', 'lock table loans'],
  ['lock', 'truncate loans'],
  ['lock', 'cluster loans using i'],
  ['lock', 'reindex table loans'],
  ['lock', 'vacuum full loans'],
  ['lock', 'refresh materialized view seen'],
  ['rows-at-once', "update loans set note = ''"],
  ['rows-at-once', 'delete from loans where total = 0'],
  ['no-primary-key', 'create table notes (id int)'],
  ['no-primary-key', 'create table notes as select 1 as id'],
  ['unlogged', 'create unlogged table notes (id int primary key)'],
  ['unlogged', 'alter table loans set unlogged'],
  ['drop-column', 'do $$ begin alter table loans drop column note; end $$'],
];

const clean = [
  'create table notes (id int primary key, at timestamptz not null default now())',
  'create table notes (id int); alter table notes add constraint p primary key (id); create index i on notes (id)',
  'create table loans.notes (id int primary key); update notes set id = 1; alter table notes drop column id',
  'alter table loans add column note text',
  "alter table loans add column note text not null default ''",
  'alter table loans add column at timestamptz not null default now()',
  'alter table loans add column total int check (total > 0)',
  'alter table loans add constraint c check (total > 0) not valid',
  'alter table loans validate constraint c',
  'alter table loans add foreign key (note) references notes (id) not valid',
  'alter table loans add constraint u unique using index i',
  'create index concurrently i on loans (note)',
  'drop index concurrently i',
  'reindex index concurrently i',
  'refresh materialized view concurrently seen',
  'create table copies (like loans including all)',
  'create table part partition of loans for values from (1) to (2)',
  "create type mood as enum ('good'); alter type mood add value 'better'",
  plpgsql(
    'update loans set total = line.amount from order_lines line where line.order_id = loans.id',
  ),
  plpgsql('execute $x$ select 1 from loans $x$'),
  'create trigger t before update on loans for each row execute function f()',
  "do $$ begin if not exists (select from pg_catalog.pg_type where typname = 'mood') then perform 1; end if; end $$",
  "insert into loans (note) values ('see shelves.stock, and grant all')",
  "comment on table loans is 'shelves.stock'",
  '-- grant select on loans to public',
  '',
];

describe('the check of migrations', () => {
  it.each(errors)('refuses for %s: %s', (rule, sql) => {
    const found = check(sql).filter(({ severity }) => severity === 'error');
    expect([...new Set(found.map((violation) => violation.rule))]).toEqual([rule]);
  });

  it.each(warnings)('warns of %s: %s', (rule, sql) => {
    expect(rulesOf(sql)).toEqual([rule]);
    expect(check(sql)[0]?.severity).toBe('warning');
  });

  it.each(clean)('lets through: %s', (sql) => {
    expect(rulesOf(sql)).toEqual([]);
  });

  it('has a case for every rule', () => {
    const cases = [...errors, ...warnings].map(([rule]) => rule);
    const elsewhere = ['idle-review', 'typed-sql'];
    expect(Object.keys(RULES).filter((rule) => !cases.includes(rule as RuleId))).toEqual(
      expect.arrayContaining(elsewhere),
    );
    expect(new Set([...cases, ...elsewhere]).size).toBe(Object.keys(RULES).length);
  });

  it('says where, what, what instead, and where to read on', () => {
    expect(check('-- é\n\nalter table loans\n  drop column note;')).toEqual([
      {
        module: 'loans',
        migration: '20260101000001_step',
        file: 'loans/migrations/20260101000001_step/migration.sql',
        line: 3,
        rule: 'drop-column',
        severity: 'warning',
        message:
          '"alter table loans drop column note". The running version still reads it: stop using it, release, and drop it in a later release. See docs/resolving-violations.md#migrations',
      },
    ]);
  });

  it('reports everything at once', () => {
    expect(rulesOf('grant select on a to b; create extension x; drop table shelves.c')).toEqual([
      'rights',
      'server-object',
      'own-schema',
      'drop-table',
    ]);
  });

  it('takes a warning as reviewed with a reason, and only that one', () => {
    const reviewed = '-- reviewed: drop-column: nobody has read it since release 7\n';
    expect(rulesOf(`${reviewed}alter table loans drop column note`)).toEqual([]);
    expect(rulesOf(`${reviewed}alter table loans drop column note; truncate loans`)).toEqual([
      'lock',
    ]);
  });

  it.each([
    ['without a reason', '-- reviewed: lock:', 'truncate loans', ['lock', 'idle-review']],
    ['of another rule', '-- reviewed: index: small', 'truncate loans', ['lock', 'idle-review']],
    ['of an error', '-- reviewed: rights: asked', 'grant select on a to b', ['rights']],
    ['in a string', '', "select '-- reviewed: lock: x'; truncate loans", ['lock']],
  ])('takes nothing as reviewed by a comment %s', (_what, comment, sql, rules) => {
    expect(rulesOf(`${comment}\n${sql}`)).toEqual(rules);
  });

  it("lets the platform's migrations name no schema, and review what cannot be read", () => {
    const platform = 'platform/0002_feed';
    expect(rulesOf('create table loans.feed (id int primary key)', platform)).toEqual([
      'own-schema',
    ]);
    const dynamic = plpgsql("execute 'drop table ' || current_user");
    expect(rulesOf(dynamic, platform)).toEqual(['unreadable']);
    expect(rulesOf(`-- reviewed: unreadable: names its own table\n${dynamic}`, platform)).toEqual(
      [],
    );
    const own = "select set_config('feed.locked', '1', true)";
    expect(rulesOf(own, platform)).toEqual(['setting']);
    expect(rulesOf(`-- reviewed: setting: one of its own\n${own}`, platform)).toEqual([]);
  });

  it('finds nothing in the migrations of this project', () => {
    const modules = readProjectModules();
    const { violations, count } = checkMigrations(prismaFolder, modules);
    expect(violations).toEqual([]);
    expect(count).toBeGreaterThan(modules.length);
  });

  it('reads those of the platform where there is no module yet', () => {
    expect(checkMigrations(prismaFolder, []).count).toBeGreaterThan(0);
  });

  it('refuses the files of TypedSQL, which no lint of the sources sees', () => {
    const folder = mkdtempSync(join(tmpdir(), 'check-'));
    mkdirSync(join(folder, 'loans/sql'), { recursive: true });
    writeFileSync(join(folder, 'loans/sql/read.sql'), 'select 1');
    const { violations } = checkMigrations(folder, ['loans']);
    rmSync(folder, { recursive: true });
    expect(violations).toMatchObject([{ rule: 'typed-sql', file: 'loans/sql/read.sql' }]);
  });
});

describe('migrating what the check refuses', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await Fixture.open();
  });
  afterAll(() => fixture.close());

  it('applies nothing at all, and says why', async () => {
    const target = await fixture.module('refused');
    const run = (dryRun: boolean) =>
      migrate([target], { prismaFolder: fixture.prismaFolder, dryRun });
    fixture.migration('refused', 1, 'CREATE TABLE "first" ("id" int PRIMARY KEY);');
    fixture.migration('refused', 2, 'CREATE TABLE "a" ("id" int);\nGRANT SELECT ON "a" TO PUBLIC;');
    for (const dryRun of [true, false]) {
      const { message, reports } = await migrationError(run(dryRun));
      expect(reports[0]?.applied).toEqual([]);
      expect(message).toContain('refused/migrations/20260101000002_step/migration.sql:2 rights:');
      expect(message).toContain('"GRANT SELECT ON "a" TO PUBLIC"');
    }
    expect(await tablesOf(await fixture.connect(target))).toEqual([]);
  });

  it('applies what it only warns of', async () => {
    const target = await fixture.module('warned');
    const name = fixture.migration('warned', 1, 'CREATE TABLE "keyless" ("id" int);');
    const [report] = await migrate([target], { prismaFolder: fixture.prismaFolder });
    expect(report?.applied).toEqual([name]);
  });
});
