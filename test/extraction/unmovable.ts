/** What makes a module one that cannot be moved as it is, and what a plan says of it. */
export const UNMOVABLE: readonly (readonly [sin: string, finding: string])[] = [
  [
    'create table keyless (id int)',
    'replica-identity: "keyless" has no key by which rows can be told apart elsewhere',
  ],
  [
    'create table late_key (id int primary key deferrable)',
    'replica-identity: "late_key" has no key by which rows can be told apart elsewhere',
  ],
  [
    'create table full_key (id int primary key); alter table full_key replica identity full',
    'replica-identity: "full_key" has no key by which rows can be told apart elsewhere',
  ],
  [
    'create unlogged table quick (id int primary key)',
    'unlogged: "quick" is unlogged, so its rows are not replicated',
  ],
  [
    'create domain lob as oid; create table lobs (id int primary key, body oid, parts oid[], scan lob, pages lob[])',
    'large-object: "lobs" may name large objects, which are not replicated, in "body", "parts", "scan", "pages"',
  ],
  [
    'create foreign data wrapper nothing; create server nowhere foreign data wrapper nothing; create foreign table far (id int) server nowhere',
    'foreign-table: "far" is a foreign table, whose rows are elsewhere',
  ],
  [
    'create table child (primary key (id)) inherits (counter)',
    'inheritance: "child" inherits from another table',
  ],
  [
    'create table rows (id int primary key); alter table rows enable row level security',
    'row-security: "rows" has row security, through which replication may not write',
  ],
  [
    'alter table note enable always trigger touch',
    'trigger: "note" has triggers that fire for replicated rows too: "touch"',
  ],
  [
    'create rule quiet as on delete to note do instead nothing',
    'rule: "note" has rewrite rules, which replication passes by: "quiet"',
  ],
  ['grant insert on note to moving_other', 'writers: "note" may be written by "moving_other"'],
  [
    'create table theirs (id int primary key); alter table theirs owner to postgres',
    'owner: "theirs" belongs to "postgres", not to "moving_thing_owner"',
  ],
  [
    'create table refers (id int primary key, "to" text references other.cursor)',
    'crossing: table constraint refers_to_fkey on thing.refers depends on table other.cursor',
  ],
  [
    'create view looks as select feed from other.cursor',
    'crossing: view thing.looks depends on table other.cursor',
  ],
  [
    'create function asks() returns bigint language sql begin atomic select max(position) from other.cursor; end',
    'crossing: function thing.asks() depends on table other.cursor',
  ],
  [
    "create function names() returns bigint language sql as 'select max(position) from other.cursor'",
    'crossing: the body of function thing.names() names other.cursor',
  ],
  [
    'create type other.kind as enum (); create table typed (id int primary key, x other.kind)',
    'crossing: table column thing.typed.x depends on type other.kind',
  ],
  [
    'create extension citext schema public; create table words (id int primary key, word public.citext)',
    'extension: the module uses the extension "citext", which the other database has not',
  ],
];
