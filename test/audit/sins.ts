/** What was done, and each finding it must give: its rule, and where. */
export type Sin = [title: string, sql: string, ...found: [rule: string, where: string][]];

/** While the wall is open, as the owner role of one module; then the wall is closed again. */
const asOwner = (sql: string) =>
  `grant shop_stock_owner to shop_order_owner with inherit true; set local role shop_order_owner;
   ${sql}; reset role; revoke shop_stock_owner from shop_order_owner`;

const BY_OWNER: Sin[] = [
  [
    'a foreign key',
    'alter table "order".part add constraint far foreign key (id) references stock.thing',
    ['cross-schema-foreign-key', 'far on "order".part'],
  ],
  [
    'a check constraint',
    `alter table "order".part add constraint far check (stock._same(id, 1) is not null)`,
    ['cross-schema-check', 'far on "order".part'],
  ],
  [
    'an exclusion constraint',
    'alter table "order".part drop constraint part_pkey; alter table "order".part add constraint far exclude using btree (abs(id) with =) where (stock._same(id, 1))',
    ['cross-schema-constraint', 'far on "order".part'],
  ],
  [
    'a view',
    'create view "order".far as select * from stock.thing',
    ['cross-schema-view', '"order".far'],
  ],
  [
    'a materialized view',
    'create materialized view "order".far as select id from stock.thing',
    ['cross-schema-materialized-view', '"order".far'],
  ],
  [
    'a rule',
    'create rule far as on insert to "order".thing do also delete from stock.part',
    ['cross-schema-rule', 'far on "order".thing'],
  ],
  [
    'a trigger with a function of another module',
    'create trigger far before insert on "order".thing for each row execute function stock.touch()',
    ['cross-schema-trigger', 'far on "order".thing'],
  ],
  [
    'a policy',
    'create policy far on "order".thing using (id in (select id from stock.thing))',
    ['cross-schema-policy', 'far on "order".thing'],
  ],
  [
    'a default',
    `alter table "order".part alter thing set default nextval('stock.part_id_seq')`,
    ['cross-schema-default', 'for "order".part.thing'],
  ],
  [
    'a generated column',
    'alter table "order".part add far boolean generated always as (stock._same(id, 1)) stored',
    ['cross-schema-generated-column', 'for "order".part.far'],
  ],
  [
    'inheritance',
    'create table "order".far () inherits (stock.thing)',
    ['cross-schema-default', 'for "order".far.kind'],
    ['cross-schema-inheritance', '"order".far'],
    ['cross-schema-type', '"order".far.kind'],
    ['cross-schema-type', '"order".far.label'],
  ],
  [
    'a partition',
    `create table "order".far partition of stock.log default`,
    ['cross-schema-partition', '"order".far'],
  ],
  ['a typed table', 'create table "order".far of stock.pair', ['cross-schema-type', '"order".far']],
  [
    "a column of another module's enum",
    'alter table "order".part add far stock.kind',
    ['cross-schema-type', '"order".part.far'],
  ],
  [
    "a domain over another module's type",
    'create domain "order".far as stock.kind',
    ['cross-schema-type', '"order".far'],
  ],
  [
    'a check of a domain',
    'alter domain "order".label add constraint far check (stock._same(1, 1))',
    ['cross-schema-domain-constraint', 'far on "order".label'],
  ],
  [
    'a composite type',
    'create type "order".far as (one stock.kind, id int)',
    ['cross-schema-type', '"order".far.one'],
  ],
  [
    'a range type',
    'create type "order".far as range (subtype = stock.kind)',
    ['cross-schema-type', '"order".far'],
  ],
  [
    'an index on a function of another module',
    'create index far on "order".part (stock._same(id, 1))',
    ['cross-schema-index', '"order".far'],
  ],
  [
    "a function that takes another module's type",
    `create function "order".far(stock.kind) returns int language sql as 'select 1'`,
    ['cross-schema-function', '"order".far(stock.kind)'],
  ],
  [
    'a function that Postgres has parsed',
    'create procedure "order".far() begin atomic delete from stock.part; end',
    ['cross-schema-procedure', '"order".far()'],
  ],
  [
    'an operator',
    'create operator "order".!== (leftarg = int, rightarg = int, function = stock._same)',
    ['cross-schema-operator', '"order".!==(integer,integer)'],
  ],
  [
    'an aggregate',
    `create aggregate "order".far (int) (sfunc = stock._add, stype = int)`,
    ['cross-schema-aggregate', '"order".far(integer)'],
  ],
  [
    'a cast',
    'create cast (stock.kind as "order".kind) with inout',
    ['cross-schema-cast', '(stock.kind AS "order".kind)'],
  ],
  [
    'a collation',
    'alter table "order".part add far text collate stock.plain',
    ['cross-schema-collation', '"order".part.far'],
  ],
  [
    'a text search configuration',
    'alter text search configuration "order".words alter mapping for word with stock.mine',
    ['cross-schema-text-search-configuration', '"order".words'],
  ],
  [
    "statistics on another module's expression",
    'create statistics "order".far on (stock._same(id, 1)), id from "order".part',
    ['cross-schema-statistics-object', '"order".far'],
  ],
];

const BY_SUPERUSER: Sin[] = [
  [
    'an operator class',
    `create operator class "order".far for type int using btree as operator 1 <, operator 2 <=,
       operator 3 =, operator 4 >=, operator 5 >, function 1 stock._add(int, int);
     alter operator class "order".far using btree owner to shop_order_owner;
     alter operator family "order".far using btree owner to shop_order_owner`,
    ['cross-schema-operator-family', '"order".far USING btree'],
  ],
  [
    'a dependency on public',
    `create type public.far as enum ('one'); alter table "order".part add far public.far`,
    ['cross-schema-type', '"order".part.far'],
    ['object-in-public', 'public.far'],
  ],
  [
    "a view in somebody else's schema",
    'create schema reports; create view reports.far as select * from "order".part',
    ['cross-schema-view', 'reports.far'],
    ['unknown-schema', 'reports'],
  ],
];

export const DEPENDENCIES: Sin[] = [
  ...BY_OWNER.map(([title, sql, ...found]): Sin => [title, asOwner(sql), ...found]),
  ...BY_SUPERUSER,
];

export const BODIES: Sin[] = [
  [
    'a body that reads',
    'create function "order".far() returns bigint language sql as \'select count(*) from Stock . "part"\'',
    ['opaque-body', '"order".far()'],
  ],
  [
    'a body that calls',
    'create function "order".far() returns bigint language plpgsql as $$ begin return stock.count_things(); end $$',
    ['opaque-body', '"order".far()'],
  ],
  [
    'a body with a variable of its type',
    'create procedure "order".far() language plpgsql as $$ declare one stock.part%rowtype; begin end $$',
    ['opaque-body', '"order".far()'],
  ],
  [
    'a sequence in a string',
    `create function "order".far() returns bigint language sql as $$ select nextval('stock.part_id_seq') $$`,
    ['opaque-body', '"order".far()'],
  ],
  [
    'SQL that is put together',
    `create procedure "order".far(name text) language plpgsql as $$ begin execute 'delete from stock.' || quote_ident(name); end $$`,
    ['opaque-body', '"order".far(pg_catalog.text)'],
  ],
  [
    'SQL that is put together from a name',
    `create procedure "order".far(name text) language plpgsql as $$ begin execute format('delete from %I.%I', 'stock', name); end $$`,
    ['opaque-body', '"order".far(pg_catalog.text)'],
  ],
  [
    'a search_path set inside',
    `create procedure "order".far() language plpgsql as $$ begin set local search_path to stock; end $$`,
    ['opaque-body', '"order".far()'],
  ],
  [
    'a name behind a comment that is in a string',
    `create procedure "order".far() language plpgsql as $$ begin perform '--'; perform from stock.part; end $$`,
    ['opaque-body', '"order".far()'],
  ],
  [
    'SECURITY DEFINER',
    `create function "order".far() returns int security definer language sql as 'select 1'`,
    ['security-definer', '"order".far()'],
  ],
  [
    'a search_path of its own',
    `create function "order".far() returns int language sql set search_path = stock, "order" as 'select 1'`,
    ['function-setting', '"order".far()'],
  ],
  [
    'a role of its own',
    `alter function "order".touch() set role to shop_order_owner`,
    ['function-setting', '"order".touch()'],
  ],
].map(
  ([title, sql, ...found]) =>
    [
      title,
      `set local check_function_bodies = off; set local role shop_order_owner; ${sql as string}; reset role`,
      ...found,
    ] as Sin,
);

const THING = 'stock.thing';

export const UNTRUSTED: Sin[] = [
  [
    'a function in C',
    `create function "order".far() returns trigger language internal as 'suppress_redundant_updates_trigger';
     alter function "order".far owner to shop_order_owner; revoke all on function "order".far from public;
     grant execute on function "order".far to shop_order`,
    ['untrusted-language', '"order".far()'],
  ],
];

export const PRIVILEGES: Sin[] = [
  ['a table', `grant select, delete on ${THING} to shop_order`, ['privilege-for-module', THING]],
  [
    'a table, to the other owner role',
    `grant references on ${THING} to shop_order_owner`,
    ['privilege-for-module', THING],
  ],
  ['a table, to everybody', `grant select on ${THING} to public`, ['privilege-for-public', THING]],
  [
    'a table, to a stranger',
    `create role analyst; grant select on ${THING} to analyst`,
    ['privilege-for-stranger', THING],
  ],
  [
    'more than DML at home',
    `grant truncate, trigger on ${THING} to shop_stock`,
    ['privilege-for-module', THING],
  ],
  [
    'writing to a history table',
    'grant insert on stock._notes to shop_stock',
    ['privilege-for-module', 'stock._notes'],
  ],
  [
    'a grant option',
    `grant select on ${THING} to shop_stock with grant option`,
    ['grant-option', THING],
  ],
  [
    'what a grant option led to',
    `grant select on ${THING} to shop_stock with grant option; set local role shop_stock; grant select on ${THING} to shop_order; reset role`,
    ['grant-option', THING],
    ['privilege-for-module', THING],
  ],
  [
    'a column',
    `grant update (label) on ${THING} to shop_order`,
    ['privilege-for-module', 'stock.thing.label'],
  ],
  [
    'a column, to everybody',
    `grant select (label) on ${THING} to public`,
    ['privilege-for-public', 'stock.thing.label'],
  ],
  [
    'a sequence',
    'grant usage on sequence stock.part_id_seq to shop_order',
    ['privilege-for-module', 'stock.part_id_seq'],
  ],
  [
    'setting a sequence at home',
    'grant update on sequence stock.part_id_seq to shop_stock',
    ['privilege-for-module', 'stock.part_id_seq'],
  ],
  [
    'a function',
    'grant execute on function stock.touch to shop_order',
    ['privilege-for-module', 'stock.touch()'],
  ],
  [
    'a function, to everybody',
    'grant execute on function stock.touch to public',
    ['privilege-for-public', 'stock.touch()'],
  ],
  [
    'an aggregate',
    'grant execute on function stock.most(int) to shop_order',
    ['privilege-for-module', 'stock.most(integer)'],
  ],
  [
    'a type',
    'grant usage on type stock.kind to shop_order',
    ['privilege-for-module', 'stock.kind'],
  ],
  [
    'a domain, to everybody',
    'grant usage on domain stock.label to public',
    ['privilege-for-public', 'stock.label'],
  ],
  ['a schema', 'grant usage on schema stock to shop_order', ['privilege-for-module', 'stock']],
  [
    'a schema, to everybody',
    'grant usage on schema stock to public',
    ['privilege-for-public', 'stock'],
  ],
  [
    'making tables at home',
    'grant create on schema stock to shop_stock',
    ['privilege-for-module', 'stock'],
  ],
  [
    'public, to everybody',
    'grant usage on schema public to public',
    ['privilege-for-public', 'public'],
  ],
  [
    'public, to a module',
    'grant create on schema public to shop_order_owner',
    ['privilege-for-module', 'public'],
  ],
  [
    'the database, to everybody',
    'grant connect, temporary on database shop to public',
    ['privilege-for-public', 'shop'],
  ],
  [
    'making schemas',
    'grant create on database shop to shop_order_owner',
    ['privilege-for-module', 'shop'],
  ],
  [
    'a language',
    'grant usage on language plpgsql to shop_order_owner',
    ['privilege-for-module', 'plpgsql'],
  ],
  [
    'a parameter',
    'grant set on parameter log_statement to shop_order',
    ['privilege-for-module', 'log_statement'],
  ],
  [
    'a tablespace',
    'grant create on tablespace pg_default to shop_order_owner',
    ['privilege-for-module', 'pg_default'],
  ],
  [
    'a function of the server that reads files',
    'grant execute on function pg_read_file(text) to shop_order',
    ['privilege-for-module', 'pg_catalog.pg_read_file(pg_catalog.text)'],
  ],
  [
    'a function of the server, to everybody',
    'grant execute on function lo_import(text) to public',
    ['privilege-for-public', 'pg_catalog.lo_import(pg_catalog.text)'],
  ],
  [
    'the passwords',
    'grant select on pg_authid to shop_order',
    ['privilege-for-module', 'pg_catalog.pg_authid'],
  ],
  [
    'a column of the server',
    'grant select (rolpassword) on pg_authid to public',
    ['privilege-for-public', 'pg_catalog.pg_authid.rolpassword'],
  ],
  [
    'a large object',
    'select lo_create(4711); grant select on large object 4711 to public',
    ['large-object', '4711'],
    ['privilege-for-public', '4711'],
  ],
  [
    'a foreign server',
    'create foreign data wrapper far; create server far foreign data wrapper far; grant usage on foreign server far to shop_order; grant usage on foreign data wrapper far to shop_order_owner',
    ['foreign-data-wrapper', 'far'],
    ['privilege-for-module', 'far'],
    ['privilege-for-module', 'far'],
    ['server', 'far'],
  ],
  [
    'what the module needs, taken away',
    `revoke delete on ${THING} from shop_stock`,
    ['missing-privilege', THING],
  ],
  [
    'its schema, taken away',
    'revoke usage on schema stock from shop_stock',
    ['missing-privilege', 'stock'],
  ],
  [
    'its database, taken away',
    'revoke connect on database shop from shop_stock',
    ['missing-privilege', 'shop'],
  ],
];

const BY_DEFAULT = 'alter default privileges for role shop_stock_owner';

const PLACEMENT = 'platform.placement';

export const PLACEMENTS: Sin[] = [
  [
    'a login role that writes placements',
    `grant update on ${PLACEMENT} to shop_order`,
    ['privilege-for-module', PLACEMENT],
  ],
  [
    'an owner role that reads placements',
    `grant select on ${PLACEMENT} to shop_order_owner`,
    ['privilege-for-module', PLACEMENT],
  ],
  [
    'a login role that reads the journal of moves',
    'grant select on platform.move to shop_order',
    ['privilege-for-module', 'platform.move'],
  ],
  [
    "a login role that makes things in the platform's schema",
    'grant create on schema platform to shop_order',
    ['privilege-for-module', 'platform'],
  ],
  [
    'a stranger who writes placements',
    `create role analyst; grant insert on ${PLACEMENT} to analyst`,
    ['privilege-for-stranger', PLACEMENT],
  ],
  [
    'everybody, who writes placements',
    `grant delete on ${PLACEMENT} to public`,
    ['privilege-for-public', PLACEMENT],
  ],
  [
    'everybody, who looks into the schema',
    'grant usage on schema platform to public',
    ['privilege-for-public', 'platform'],
  ],
  [
    'a login role that may not read placements',
    `revoke select on ${PLACEMENT} from shop_order`,
    ['missing-privilege', PLACEMENT],
  ],
  [
    "a login role that may not look into the platform's schema",
    'revoke usage on schema platform from shop_order',
    ['missing-privilege', 'platform'],
  ],
  [
    'a view at home that shows placements',
    `create view "order".far as table ${PLACEMENT}; alter view "order".far owner to shop_order_owner;
     grant select, insert, update, delete on "order".far to shop_order`,
    ['cross-schema-view', '"order".far'],
  ],
  [
    "a module's role that owns the platform's schema",
    'alter schema platform owner to shop_order_owner',
    ['owned-elsewhere', 'platform'],
  ],
];

export const DEFAULT_PRIVILEGES: Sin[] = [
  [
    'for a neighbour',
    `${BY_DEFAULT} in schema stock grant select on tables to shop_order`,
    ['default-privilege', 'stock'],
  ],
  [
    'for everybody',
    `${BY_DEFAULT} grant execute on functions to public`,
    ['default-privilege', 'every schema'],
  ],
  [
    'for everybody, in the schema',
    `${BY_DEFAULT} in schema stock grant usage on types to public`,
    ['default-privilege', 'stock'],
  ],
  [
    'more than DML',
    `${BY_DEFAULT} in schema stock grant truncate on tables to shop_stock`,
    ['default-privilege', 'stock'],
  ],
  [
    'to be passed on',
    `${BY_DEFAULT} in schema stock grant usage on types to shop_stock with grant option`,
    ['default-privilege', 'stock'],
  ],
  [
    'of somebody else, in the schema',
    'create role analyst; alter default privileges in schema stock grant select on tables to analyst',
    ['default-privilege', 'stock'],
  ],
  [
    'of somebody else, for a module',
    'alter default privileges grant select on tables to shop_order',
    ['default-privilege', 'every schema'],
  ],
  [
    'of somebody else, for everybody',
    'alter default privileges grant select on tables to public',
    ['default-privilege', 'every schema'],
  ],
  [
    'for schemas',
    `${BY_DEFAULT} grant usage on schemas to shop_order`,
    ['default-privilege', 'every schema'],
  ],
  [
    'taken away',
    `${BY_DEFAULT} in schema stock revoke all on sequences from shop_stock`,
    ['missing-default-privilege', 'stock'],
  ],
];

const attribute = (word: string): Sin => [
  word,
  `alter role shop_order ${word}`,
  ['role-attribute', 'shop_order'],
];

export const ROLES: Sin[] = [
  ...['SUPERUSER', 'CREATEROLE', 'CREATEDB', 'BYPASSRLS', 'REPLICATION', 'INHERIT', 'NOLOGIN'].map(
    attribute,
  ),
  [
    'membership in a neighbour',
    'grant shop_stock_owner to shop_order',
    ['role-membership', 'shop_order in shop_stock_owner'],
  ],
  [
    'membership in its own owner role',
    'grant shop_order_owner to shop_order',
    ['role-membership', 'shop_order in shop_order_owner'],
  ],
  [
    'membership in a role of Postgres',
    'grant pg_read_all_data to shop_order_owner',
    ['role-membership', 'shop_order_owner in pg_read_all_data'],
  ],
  [
    'a stranger as a member',
    'create role analyst; grant shop_order to analyst',
    ['role-membership', 'analyst in shop_order'],
  ],
  [
    'membership in a role of a hosting provider',
    'create role rds_superuser; grant rds_superuser to shop_order',
    ['role-membership', 'shop_order in rds_superuser'],
  ],
  [
    'another connection limit',
    'alter role shop_order connection limit -1',
    ['role-limit', 'shop_order'],
  ],
  [
    'a password that ends',
    `alter role shop_order valid until '2040-01-01'`,
    ['role-expiry', 'shop_order'],
  ],
  [
    'another search_path',
    'alter role shop_order set search_path = stock',
    ['role-setting', 'shop_order'],
  ],
  [
    'no time-out',
    'alter role shop_order_owner reset lock_timeout',
    ['role-setting', 'shop_order_owner'],
  ],
  [
    'a setting for this database',
    `alter role shop_order in database shop set statement_timeout = '1h'`,
    ['role-setting', 'shop_order'],
  ],
  [
    'a setting that nobody asked for',
    `alter role shop_order set session_replication_role = replica`,
    ['role-setting', 'shop_order'],
  ],
  [
    'a search_path of the database',
    'alter database shop set search_path = stock',
    ['database-setting', 'shop'],
  ],
  [
    'a time-out of all roles',
    `alter role all set statement_timeout = 0`,
    ['database-setting', 'shop'],
  ],
  [
    'a role that no manifest knows',
    'create role shop_billing login',
    ['unknown-role', 'shop_billing'],
  ],
  [
    'the role of a module that was removed',
    `create role old_billing login; comment on role old_billing is '{"bulkhead":1,"database":"shop"}'`,
    ['unknown-role', 'old_billing'],
  ],
];

export const OWNERS: Sin[] = [
  ['a schema', 'alter schema stock owner to shop_order_owner', ['schema-owner', 'stock']],
  ['a table', `alter table ${THING} owner to postgres`, ['object-owner', THING]],
  [
    'a function',
    'alter function stock.touch owner to shop_order_owner',
    ['object-owner', 'stock.touch()'],
  ],
  ['a type', 'alter type stock.kind owner to postgres', ['object-owner', 'stock.kind']],
  [
    'an operator',
    'alter operator stock.=== (int, int) owner to postgres',
    ['object-owner', 'stock.===(integer,integer)'],
  ],
  ['statistics', 'alter statistics stock.seen owner to postgres', ['object-owner', 'stock.seen']],
  [
    'a table that the login role owns',
    'grant create on schema stock to shop_stock; alter table stock.thing owner to shop_stock; revoke create on schema stock from shop_stock',
    ['object-owner', THING],
  ],
  ['the database', 'alter database shop owner to shop_order_owner', ['owned-elsewhere', 'shop']],
  [
    'a schema of nobody',
    'create schema far authorization shop_order',
    ['owned-elsewhere', 'far'],
    ['unknown-schema', 'far'],
  ],
  [
    'a large object',
    'set local role shop_order; select lo_create(4711); reset role',
    ['owned-elsewhere', '4711'],
  ],
];

export const OUTSIDERS: Sin[] = [
  ['a schema', 'create schema far', ['unknown-schema', 'far']],
  [
    'a schema with something in it',
    'create schema far create table far (id serial)',
    ['unknown-schema', 'far'],
  ],
  [
    'a table in public',
    'create table public.far (id serial primary key)',
    ['object-in-public', 'public.far'],
  ],
  [
    'a function in public',
    `create function public.far() returns int language sql as 'select 1'`,
    ['object-in-public', 'public.far()'],
  ],
  [
    "a table in the platform's schema",
    'create table platform.far (id serial primary key)',
    ['object-in-platform', 'platform.far'],
  ],
  [
    "a view in the platform's schema",
    'create view platform.move_far as table platform.move',
    ['object-in-platform', 'platform.move_far'],
  ],
  ['an extension', 'create extension dblink with schema public', ['extension', 'dblink']],
  [
    'an event trigger',
    'create schema far; create function far.go() returns event_trigger language plpgsql as $$ begin end $$; create event trigger far on ddl_command_end execute function far.go()',
    ['event-trigger', 'far'],
    ['unknown-schema', 'far'],
  ],
  ['a publication', `create publication far for table ${THING}`, ['publication', 'far']],
  ['a publication of everything', 'create publication far for all tables', ['publication', 'far']],
  [
    'a subscription',
    `create subscription far connection 'dbname=far' publication far with (connect = false, slot_name = none)`,
    ['subscription', 'far'],
  ],
  [
    'a cast',
    'create cast (text as int) with inout as implicit',
    ['cast', '(pg_catalog.text AS integer)'],
  ],
  [
    'an access method',
    'create access method far type index handler bthandler',
    ['access-method', 'far'],
  ],
];
