import { type Attack, attacks } from '../attack.js';
import type { Place } from '../place.js';

const fn = (home: Place, rest: string) => `create function ${home.schema}.probe_new() ${rest}`;

/** Objects at home that lean on the victim's: what a migration might do. */
export const byReference: Attack[] = attacks(['owner'], {
  'create a foreign key': (at, home) =>
    `create table ${home.schema}.probe_new (id int references ${at.schema}.probe_table)`,
  'add a foreign key': (at, home) =>
    `alter table ${home.schema}.probe_spare add foreign key (id) references ${at.schema}.probe_table`,
  'read through a view of its own': (at, home) =>
    `create view ${home.schema}.probe_new as table ${at.schema}.probe_table;
     select from ${home.schema}.probe_new`,
  'create a materialized view': (at, home) =>
    `create materialized view ${home.schema}.probe_new as table ${at.schema}.probe_table`,
  'create a table from its rows': (at, home) =>
    `create table ${home.schema}.probe_new as table ${at.schema}.probe_table`,
  'select into a table': (at, home) =>
    `select * into ${home.schema}.probe_new from ${at.schema}.probe_table`,
  'create a table like it': (at, home) =>
    `create table ${home.schema}.probe_new (like ${at.schema}.probe_table including all)`,
  'inherit from it': (at, home) =>
    `create table ${home.schema}.probe_new () inherits (${at.schema}.probe_table)`,
  'create a partition of it': (at, home) =>
    `create table ${home.schema}.probe_new partition of ${at.schema}.probe_parent default`,
  'attach a partition to it': (at, home) =>
    `alter table ${at.schema}.probe_parent attach partition ${home.schema}.probe_spare default`,
  'take its table as a partition': (at, home) =>
    `alter table ${home.schema}.probe_parent attach partition ${at.schema}.probe_spare default`,
  'write by a rule of its own': (at, home) =>
    `create rule probe_rule as on insert to ${home.schema}.probe_spare
       do also delete from ${at.schema}.probe_table;
     insert into ${home.schema}.probe_spare values (1)`,
  'call its function from a trigger of its own': (at, home) =>
    `create trigger probe_new before insert on ${home.schema}.probe_spare
       for each row execute function ${at.schema}.probe_trigger()`,
  'call its function from a default': (at, home) =>
    `create table ${home.schema}.probe_new (id bigint default ${at.schema}.probe_count());
     insert into ${home.schema}.probe_new default values`,
  'call its function from a check': (at, home) =>
    `alter table ${home.schema}.probe_spare add check (${at.schema}.probe_equal(id, id));
     insert into ${home.schema}.probe_spare values (1)`,
  'take values of its sequence as a default': (at, home) =>
    `create table ${home.schema}.probe_new (id int default nextval('${at.schema}.probe_sequence'));
     insert into ${home.schema}.probe_new default values`,
  'tie a sequence to its column': (at, home) =>
    `alter sequence ${home.schema}.probe_sequence owned by ${at.schema}.probe_table.id`,
  'create a SQL function with a text for a body': (at, home) =>
    fn(home, `returns bigint language sql as 'select count(*) from ${at.schema}.probe_table'`) +
    `; select ${home.schema}.probe_new()`,
  'create a SQL function with a parsed body': (at, home) =>
    fn(home, `returns bigint return (select count(*) from ${at.schema}.probe_table)`) +
    `; select ${home.schema}.probe_new()`,
  'create a SQL function, its body unchecked': (at, home) =>
    'set local check_function_bodies = off;' +
    fn(home, `returns bigint language sql as 'select count(*) from ${at.schema}.probe_table'`) +
    `; select ${home.schema}.probe_new()`,
  'call a PL/pgSQL function that reads it': (at, home) =>
    fn(
      home,
      `returns void language plpgsql as 'begin perform from ${at.schema}.probe_table; end'`,
    ) + `; select ${home.schema}.probe_new()`,
  'call a SECURITY DEFINER function that reads it': (at, home) =>
    fn(home, 'returns void language plpgsql security definer') +
    ` as 'begin perform from ${at.schema}.probe_table; end'; select ${home.schema}.probe_new()`,
  'call a function whose search path leads to it': {
    sql: (at, home) =>
      fn(home, `returns void language plpgsql set search_path = ${at.schema}`) +
      ` as 'begin perform from probe_table; end'; select ${home.schema}.probe_new()`,
    refused: '42P01',
  },
  'take its enum for a column': (at, home) =>
    `create table ${home.schema}.probe_new (state ${at.schema}.probe_state)`,
  'take its composite type for a column': (at, home) =>
    `create table ${home.schema}.probe_new (pair ${at.schema}.probe_pair)`,
  'take its row type for a column': {
    sql: (at, home) => `create table ${home.schema}.probe_new (line ${at.schema}.probe_table)`,
    withUsage: "the column: the default privileges on types do not hold for a table's row type",
  },
  'take its domain for a column': (at, home) =>
    `create table ${home.schema}.probe_new (id ${at.schema}.probe_domain)`,
  'take its type for an argument': (at, home) =>
    `create function ${home.schema}.probe_new(${at.schema}.probe_state) returns int
       language sql as 'select 1'`,
  'create a domain over its domain': (at, home) =>
    `create domain ${home.schema}.probe_new as ${at.schema}.probe_domain`,
  'create an operator with its function': (at, home) =>
    `create operator ${home.schema}.=== (leftarg = int, rightarg = int,
       function = ${at.schema}.probe_equal)`,
  'create a cast of its type': (at) =>
    `create cast (${at.schema}.probe_state as bigint) with inout`,
});
