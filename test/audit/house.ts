import pg from 'pg';
import { auditCatalog } from '#platform/database/audit/audit';
import type { Expectation, Finding } from '#platform/database/audit/finding';
import { passwordOf, urlWith } from '#platform/database/names';
import { expectationOf } from '../../scripts/lib/audit/index.js';
import { type EmbeddedLease, startScratchServer } from '../../scripts/lib/embedded/index.js';
import { provision } from '../../scripts/lib/provision/index.js';

/** A project of two modules on a server of its own; one is named by a word that SQL reserves. */
export const PROJECT = { project: 'shop', modules: ['order', 'stock'], poolSize: 3 };
const SECRET = 'one secret'.padEnd(40, '.');

/** What each module has, made by its owner role: what is near to a sin, and is none. */
const AT_HOME = `
  create type kind as enum ('one', 'other');
  create domain label as text check (length(value) < 100);
  create table thing (id int primary key, kind kind default 'one', label label);
  create table part (id serial primary key, thing int references thing, twice int generated always as (thing * 2) stored,
    check (thing > 0), exclude using btree (id with =));
  create table log (at date, id int) partition by range (at);
  create table log_2026 partition of log for values from ('2026-01-01') to ('2027-01-01');
  create index on log (id);
  create table special (extra text) inherits (thing);
  create view things as select *, kind::text as word from thing;
  create materialized view parts as table part;
  create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
  create trigger touch before update on thing for each row execute function touch();
  create function count_things() returns bigint begin atomic select count(*) from thing; end;
  create function first_part() returns int language sql set search_path = NAME, pg_catalog as 'select min(id) from part';
  create policy own on thing using (label <> '');
  create rule quiet as on delete to special do instead nothing;
  create statistics seen on id, thing from part;
  create function _same(int, int) returns boolean language sql immutable as 'select $1 = $2';
  create operator === (leftarg = int, rightarg = int, function = _same);
  create aggregate most (int) (sfunc = int4larger, stype = int);
  create collation plain from "C";
  create text search configuration words (copy = pg_catalog.simple);
  create text search dictionary mine (template = pg_catalog.simple);
  create type pair as (id int);
  create function _add(int, int) returns int language sql as 'select $1';
  create table _notes (note text);
  revoke insert, update, delete on _notes from shop_NAME`;

/** It speaks of its neighbour, and names nothing of it. */
const TALKATIVE = `
  create table stock (id int, thing int);
  create function talk() returns int language plpgsql as $$
    -- copies stock.thing, as /* stock.thing */ says
    declare said text := 'stock';
    begin
      perform stock.id from stock where stock.label is null;
      execute 'select count(*) from stock';
      raise notice 'see stock, or ask stock. Or %', said;
      return 1;
    end $$`;

/** Names in full; and the statement is planned once, since planning takes longer than looking. */
const SETTINGS = `set local search_path = pg_catalog; set local jit = off;
  set local enable_nestloop = off; set local plan_cache_mode = force_generic_plan`;

export interface House {
  readonly server: EmbeddedLease;
  readonly adminUrl: string;
  readonly admin: pg.Client;
  readonly expectation: Expectation;
  /** Commits nothing: the work lies in a transaction that is rolled back. */
  within<T>(work: () => Promise<T>): Promise<T>;
  look(): Promise<Finding[]>;
  close(): Promise<void>;
}

export async function openHouse(): Promise<House> {
  const server = await startScratchServer();
  const adminUrl = urlWith(server.url, { database: PROJECT.project });
  await provision({ ...PROJECT, adminUrl, secret: SECRET });
  for (const module of PROJECT.modules) {
    const sql = AT_HOME.replaceAll('set search_path = NAME', `set search_path = "${module}"`);
    await runAs(adminUrl, `shop_${module}_owner`, sql.replaceAll('NAME', module));
  }
  await runAs(adminUrl, 'shop_order_owner', TALKATIVE);
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  const expectation = expectationOf(PROJECT.project, PROJECT.modules, PROJECT.poolSize);
  return {
    server,
    adminUrl,
    admin,
    expectation,
    async within(work) {
      await admin.query(`begin; ${SETTINGS}`);
      try {
        return await work();
      } finally {
        await admin.query('rollback');
      }
    },
    look: () => auditCatalog(admin, expectation),
    async close() {
      await admin.end();
      await server.release();
    },
  };
}

async function runAs(adminUrl: string, user: string, sql: string): Promise<void> {
  const password = passwordOf(SECRET, user);
  const client = new pg.Client({ connectionString: urlWith(adminUrl, { user, password }) });
  await client.connect();
  await client.query(sql);
  await client.end();
}
