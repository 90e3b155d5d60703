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
import { prismaFolder, readProjectManifests } from '../../scripts/lib/project.js';
import { Fixture, migrationError, tablesOf } from './support.js';

const others = ['inventory', 'platform', 'public'];
const check = (sql: string, name = '20260101000001_step') =>
  checkMigration('orders', { name, sql }, others);
const rulesOf = (sql: string, name?: string) => check(sql, name).map(({ rule }) => rule);

const plpgsql = (body: string) =>
  `create function f() returns int language plpgsql as $$ begin ${body}; return 1; end $$`;

const errors: [RuleId, string][] = [
  ['unparsable', 'alter table orders add colum x int nul'],
  ['unparsable', "comment on table orders is 'open"],

  ['own-schema', 'create table inventory.copies (id int primary key)'],
  ['own-schema', 'create table public.copies (id int primary key)'],
  ['own-schema', 'create table nobodys.copies (id int primary key)'],
  [
    'own-schema',
    'alter table orders add foreign key (sku) references inventory.stock (sku) not valid',
  ],
  ['own-schema', 'create view seen as select sku from inventory.stock'],
  ['own-schema', 'create materialized view seen as select sku from inventory.stock'],
  [
    'own-schema',
    'create trigger t after insert on inventory.stock for each row execute function f()',
  ],
  [
    'own-schema',
    'create trigger t after insert on orders for each row execute function inventory.f()',
  ],
  ['own-schema', 'create table copies (like inventory.stock, primary key (sku))'],
  ['own-schema', 'create table copies (id int primary key) inherits (inventory.stock)'],
  ['own-schema', 'create table copies (id int primary key, mood inventory.mood)'],
  ['own-schema', "create table copies (id int primary key default nextval('inventory.seq'))"],
  ['own-schema', 'alter sequence seq owned by inventory.stock.id'],
  ['own-schema', 'alter table orders attach partition inventory.stock default'],
  ['own-schema', 'alter table orders set schema inventory'],
  ['own-schema', 'create policy p on orders using (exists (select from inventory.stock))'],
  ['own-schema', 'create rule r as on insert to orders do also delete from inventory.stock'],
  ['own-schema', 'drop function inventory.f(int)'],
  ['own-schema', 'comment on column inventory.stock.sku is null'],
  ['own-schema', "select 'inventory.stock'::regclass"],
  ['own-schema', 'call inventory.restock()'],
  ['own-schema', 'insert into copies select sku from INVENTORY."stock"'],
  [
    'own-schema',
    'create function f() returns int language sql as $$ select 1 from inventory.stock $$',
  ],
  ['own-schema', 'create function f() returns int begin atomic select 1 from inventory.stock; end'],
  ['own-schema', plpgsql('perform 1 from inventory.stock')],
  ['own-schema', plpgsql('execute $x$ select 1 from inventory.stock $x$')],
  ['own-schema', 'do $$ declare row inventory.stock%rowtype; begin end $$'],
  ['own-schema', "do $$ begin execute 'select 1 from inventory.stock'; end $$"],

  ['rights', 'grant select on orders to shop_inventory'],
  ['rights', 'revoke select on orders from shop_inventory'],
  ['rights', 'grant shop_orders to shop_inventory'],
  ['rights', 'alter default privileges grant select on tables to public'],
  ['rights', 'alter table orders owner to shop_inventory'],
  ['rights', 'alter function f() owner to shop_inventory'],
  ['rights', 'reassign owned by shop_orders to shop_inventory'],
  ['rights', 'drop owned by shop_orders'],
  ['rights', 'create role someone login'],
  ['rights', 'alter role shop_orders set search_path = inventory'],
  ['rights', 'set role shop_inventory'],
  ['rights', 'reset role'],
  ['rights', 'set session authorization shop_inventory'],
  ['rights', 'do $$ begin grant select on orders to public; end $$'],

  [
    'security-definer',
    'create function f() returns int language sql security definer as $$ select 1 $$',
  ],
  ['security-definer', 'alter function f() security definer'],

  ['setting', 'set search_path = orders'],
  ['setting', 'set local lock_timeout = 0'],
  ['setting', 'reset all'],
  ['setting', "select set_config('search_path', 'orders', false)"],
  ['setting', "update pg_settings set setting = 'orders' where name = 'search_path'"],
  [
    'setting',
    'create function f() returns int language sql set search_path = orders as $$ select 1 $$',
  ],
  ['setting', plpgsql('set local search_path = orders')],

  ['server-object', 'create extension pgcrypto'],
  ['server-object', 'drop extension pgcrypto'],
  ['server-object', 'create server s foreign data wrapper postgres_fdw'],
  ['server-object', 'import foreign schema public from server s into orders'],
  ['server-object', 'create publication p for all tables'],
  ['server-object', "create subscription s connection '' publication p"],
  ['server-object', 'create event trigger t on ddl_command_start execute function f()'],
  ['server-object', 'create language plperl'],
  ['server-object', 'create database other'],
  ['server-object', "create tablespace t location '/tmp'"],
  ['server-object', 'create table copies (id int primary key) tablespace t'],
  ['server-object', 'create schema copies'],
  ['server-object', 'drop schema orders'],
  ['server-object', 'alter schema orders rename to other'],
  ['server-object', 'alter system set work_mem = 1'],
  ['server-object', "select lo_import('/etc/passwd')"],
  ['server-object', 'notify changed'],

  ['copy', "copy orders to program 'cat'"],
  ['copy', "copy orders from '/tmp/orders'"],

  ['unreadable', plpgsql("execute 'drop table ' || current_user")],
  ['unreadable', "do $$ begin execute format('drop table %I', current_user); end $$"],
  ['unreadable', "create function f() returns int language c as 'lib', 'f'"],
  ['unreadable', "select query_to_xml('select ' || 1, true, false, '')"],
  ['unreadable', "select nextval('inventory' || '.seq')"],

  [
    'concurrently-alone',
    'create table a (id int primary key); create index concurrently i on a (id)',
  ],
];

const warnings: [RuleId, string][] = [
  ['drop-table', 'drop table orders'],
  ['drop-table', 'drop view seen'],
  ['drop-column', 'alter table orders drop column note'],
  ['rename', 'alter table orders rename to bookings'],
  ['rename', 'alter table orders rename column note to remark'],
  ['rename', "alter type order_status rename value 'placed' to 'booked'"],
  ['required-column', 'alter table orders add column note text not null'],
  ['set-not-null', 'alter table orders alter column note set not null'],
  ['type-change', 'alter table orders alter column total type numeric'],
  ['volatile-default', 'alter table orders add column token uuid default gen_random_uuid()'],
  ['volatile-default', 'alter table orders add column position serial'],
  ['volatile-default', 'alter table orders add column position int generated always as identity'],
  [
    'volatile-default',
    'alter table orders add column double int generated always as (total * 2) stored',
  ],
  ['index', 'create index i on orders (note)'],
  ['index', 'create unique index i on orders (note)'],
  ['constraint', 'alter table orders add constraint c check (total > 0)'],
  ['constraint', 'alter table orders add foreign key (note) references notes (id)'],
  ['constraint', 'alter table orders add column note int references notes (id)'],
  ['unique-constraint', 'alter table orders add constraint u unique (note)'],
  ['unique-constraint', 'alter table orders add primary key (id)'],
  ['unique-constraint', 'alter table orders add constraint e exclude using gist (span with &&)'],
  ['unique-constraint', 'alter table orders add column note text unique'],
  ['lock', 'lock table orders'],
  ['lock', 'truncate orders'],
  ['lock', 'cluster orders using i'],
  ['lock', 'reindex table orders'],
  ['lock', 'vacuum full orders'],
  ['lock', 'refresh materialized view seen'],
  ['rows-at-once', "update orders set note = ''"],
  ['rows-at-once', 'delete from orders where total = 0'],
  ['no-primary-key', 'create table notes (id int)'],
  ['no-primary-key', 'create table notes as select 1 as id'],
  ['unlogged', 'create unlogged table notes (id int primary key)'],
  ['unlogged', 'alter table orders set unlogged'],
  ['drop-column', 'do $$ begin alter table orders drop column note; end $$'],
];

const clean = [
  'create table notes (id int primary key, at timestamptz not null default now())',
  'create table notes (id int); alter table notes add constraint p primary key (id); create index i on notes (id)',
  'create table orders.notes (id int primary key); update notes set id = 1; alter table notes drop column id',
  'alter table orders add column note text',
  "alter table orders add column note text not null default ''",
  'alter table orders add column at timestamptz not null default now()',
  'alter table orders add column total int check (total > 0)',
  'alter table orders add constraint c check (total > 0) not valid',
  'alter table orders validate constraint c',
  'alter table orders add foreign key (note) references notes (id) not valid',
  'alter table orders add constraint u unique using index i',
  'create index concurrently i on orders (note)',
  'drop index concurrently i',
  'reindex index concurrently i',
  'refresh materialized view concurrently seen',
  'create table copies (like orders including all)',
  'create table part partition of orders for values from (1) to (2)',
  "create type mood as enum ('good'); alter type mood add value 'better'",
  plpgsql(
    'update orders set total = line.amount from order_lines line where line.order_id = orders.id',
  ),
  plpgsql('execute $x$ select 1 from orders $x$'),
  'create trigger t before update on orders for each row execute function f()',
  "do $$ begin if not exists (select from pg_catalog.pg_type where typname = 'mood') then perform 1; end if; end $$",
  "insert into orders (note) values ('see inventory.stock, and grant all')",
  "comment on table orders is 'inventory.stock'",
  '-- grant select on orders to public',
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
    expect(check('-- é\n\nalter table orders\n  drop column note;')).toEqual([
      {
        module: 'orders',
        migration: '20260101000001_step',
        file: 'orders/migrations/20260101000001_step/migration.sql',
        line: 3,
        rule: 'drop-column',
        severity: 'warning',
        message:
          '"alter table orders drop column note". The running version still reads it: stop using it, release, and drop it in a later release. See docs/resolving-violations.md#migrations',
      },
    ]);
  });

  it('reports everything at once', () => {
    expect(rulesOf('grant select on a to b; create extension x; drop table inventory.c')).toEqual([
      'rights',
      'server-object',
      'own-schema',
      'drop-table',
    ]);
  });

  it('takes a warning as reviewed with a reason, and only that one', () => {
    const reviewed = '-- reviewed: drop-column: nobody has read it since release 7\n';
    expect(rulesOf(`${reviewed}alter table orders drop column note`)).toEqual([]);
    expect(rulesOf(`${reviewed}alter table orders drop column note; truncate orders`)).toEqual([
      'lock',
    ]);
  });

  it.each([
    ['without a reason', '-- reviewed: lock:', 'truncate orders', ['lock', 'idle-review']],
    ['of another rule', '-- reviewed: index: small', 'truncate orders', ['lock', 'idle-review']],
    ['of an error', '-- reviewed: rights: asked', 'grant select on a to b', ['rights']],
    ['in a string', '', "select '-- reviewed: lock: x'; truncate orders", ['lock']],
  ])('takes nothing as reviewed by a comment %s', (_what, comment, sql, rules) => {
    expect(rulesOf(`${comment}\n${sql}`)).toEqual(rules);
  });

  it("lets the platform's migrations name no schema, and review what cannot be read", () => {
    const platform = 'platform/0002_feed';
    expect(rulesOf('create table orders.feed (id int primary key)', platform)).toEqual([
      'own-schema',
    ]);
    const dynamic = plpgsql("execute 'drop table ' || current_user");
    expect(rulesOf(dynamic, platform)).toEqual(['unreadable']);
    expect(rulesOf(`-- reviewed: unreadable: names its own table\n${dynamic}`, platform)).toEqual(
      [],
    );
  });

  it('finds nothing in the migrations of this project', () => {
    const modules = readProjectManifests().map(({ name }) => name);
    const { violations, count } = checkMigrations(prismaFolder, modules);
    expect(violations).toEqual([]);
    expect(count).toBeGreaterThan(modules.length);
  });

  it('refuses the files of TypedSQL, which no lint of the sources sees', () => {
    const folder = mkdtempSync(join(tmpdir(), 'check-'));
    mkdirSync(join(folder, 'orders/sql'), { recursive: true });
    writeFileSync(join(folder, 'orders/sql/read.sql'), 'select 1');
    const { violations } = checkMigrations(folder, ['orders']);
    rmSync(folder, { recursive: true });
    expect(violations).toMatchObject([{ rule: 'typed-sql', file: 'orders/sql/read.sql' }]);
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
