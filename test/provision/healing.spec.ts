import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  planProvision,
  provision,
  type ProvisionTarget,
} from '../../scripts/lib/provision/index.js';
import { loginUrl, ownerUrl, run, type Scratch, startScratch } from './scratch.js';

let scratch: Scratch;
let target: ProvisionTarget;

beforeAll(async () => {
  scratch = await startScratch();
  target = scratch.target({ project: 'shop', adminUrl: scratch.url });
  await provision(target);
  await run(
    ownerUrl(target),
    `create table line (id serial); create table _history (id int);
     create function one() returns int language sql return 1; create type kind as enum ('a')`,
  );
});
afterAll(() => scratch.release());

/** By hand: what an operator might type, and what the login role can do while it is so. */
const drifts: [title: string, sql: string][] = [
  ['SUPERUSER', 'alter role shop_order superuser'],
  [
    'every other attribute',
    'alter role shop_order createdb createrole replication bypassrls inherit',
  ],
  ['NOLOGIN', 'alter role shop_order nologin'],
  ['another connection limit', 'alter role shop_order connection limit -1'],
  ['an end of validity', "alter role shop_order valid until '2001-01-01'"],
  ['a missing search_path', 'alter role shop_order reset search_path'],
  ['another time-out', "alter role shop_order_owner set lock_timeout = '1h'"],
  [
    'a setting for this database alone',
    "alter role shop_order in database DB set search_path = 'user'",
  ],
  ['membership in a neighbour', 'grant shop_user_owner to shop_order'],
  ['CONNECT and TEMPORARY for PUBLIC', 'grant all on database DB to public'],
  ['TEMPORARY for a login role', 'grant temporary on database DB to shop_order'],
  ['a missing CONNECT', 'revoke connect on database DB from shop_order'],
  ['CREATE on public', 'grant create on schema public to public, shop_order'],
  ['CREATE on its own schema', 'grant create on schema "order" to shop_order'],
  ["USAGE on a neighbour's schema", 'grant usage on schema "user" to shop_order'],
  ['a grant option', 'grant usage on schema "order" to shop_order with grant option'],
  ['a missing USAGE', 'revoke usage on schema "order" from shop_order'],
  ["the owner's missing CREATE", 'revoke create on schema "order" from shop_order_owner'],
  ['a missing schema of placements', 'drop schema platform cascade'],
  ['a missing journal of moves', 'drop table platform.move'],
  ['placements that a login role may not read', 'revoke all on platform.placement from shop_order'],
  ['placements that a login role writes', 'grant update on platform.placement to shop_order'],
  ['a journal that everybody reads', 'grant select on platform.move to public'],
  ["CREATE on the platform's schema", 'grant create on schema platform to shop_order_owner'],
  ['a missing privilege on a table', 'revoke delete on "order".line from shop_order'],
  ['a missing privilege on a sequence', 'revoke usage on "order".line_id_seq from shop_order'],
  ['a missing privilege on a function', 'revoke execute on function "order".one from shop_order'],
  ['a missing privilege on a type', 'revoke usage on type "order".kind from shop_order'],
  [
    'default privileges for PUBLIC',
    'alter default privileges for role shop_order_owner grant execute on functions to public',
  ],
  [
    'default privileges for a neighbour',
    'alter default privileges for role shop_order_owner in schema "order" grant select on tables to shop_user',
  ],
  [
    'too many default privileges',
    'alter default privileges for role shop_order_owner in schema "order" grant all on tables to shop_order',
  ],
  [
    'missing default privileges',
    'alter default privileges for role shop_order_owner in schema "order" revoke all on sequences from shop_order',
  ],
  ['a missing role', 'drop owned by shop_order; drop role shop_order'],
];

describe('provisioning again', () => {
  beforeEach(async () => {
    expect((await planProvision(target)).statements).toEqual([]);
  });

  it.each(drifts)('heals %s', async (_title, sql) => {
    const before = await snapshot();
    await run(target.adminUrl, sql.replaceAll('DB', new URL(target.adminUrl).pathname.slice(1)));
    expect(await snapshot()).not.toEqual(before);
    await provision(target);
    expect(await snapshot()).toEqual(before);
    expect((await planProvision(target)).statements).toEqual([]);
    await run(loginUrl(target), 'insert into line default values');
  });

  it("leaves a migration tool's own tables to it: their names begin with an underscore", async () => {
    await run(ownerUrl(target), 'revoke insert, update, delete on _history from shop_order');
    expect((await planProvision(target)).statements).toEqual([]);
  });

  it('leaves what strangers were granted to the audit', async () => {
    await run(target.adminUrl, 'create role analyst; grant usage on schema "order" to analyst');
    expect((await planProvision(target)).statements).toEqual([]);
  });
});

/** Everything about the roles and their privileges, in a comparable form. */
async function snapshot(): Promise<unknown> {
  const sorted = (acl: string) => `array(select a::text from unnest(${acl}) a order by 1)`;
  return run(
    target.adminUrl,
    `select to_jsonb(r) - '{oid,rolvaliduntil,rolconfig}'::text[] || jsonb_build_object(
         'expires', coalesce(rolvaliduntil < 'infinity', false), 'config', ${sorted('rolconfig')}) as fact
       from pg_roles r where rolname like 'shop%'
     union all select to_jsonb(array(select setconfig from pg_db_role_setting where setrole = r.oid and setdatabase <> 0))
       from pg_roles r where rolname like 'shop%'
     union all select to_jsonb(array[roleid::regrole::text, member::regrole::text]) from pg_auth_members
       where roleid::regrole::text like 'shop%'
     union all select to_jsonb(${sorted('datacl')}) from pg_database where datname = current_database()
     union all select to_jsonb(${sorted('nspacl')}) from pg_namespace where nspname in ('public', 'order', 'user', 'platform')
     union all select to_jsonb(${sorted('relacl')}) from pg_class where relname like 'line%'
     union all select jsonb_build_array(relname, ${sorted("coalesce(relacl, acldefault('r', relowner))")})
       from pg_class where relnamespace = to_regnamespace('platform') and relkind = 'r'
     union all select to_jsonb(${sorted('proacl')}) from pg_proc where proname = 'one'
     union all select to_jsonb(${sorted('typacl')}) from pg_type where typname = 'kind'
     union all select jsonb_build_array(defaclobjtype, ${sorted('defaclacl')}) from pg_default_acl
     order by 1`,
  );
}
