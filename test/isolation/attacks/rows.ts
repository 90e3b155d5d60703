import { type Attack, attacks } from '../attack.js';

/** Reading and writing rows, by whatever statement. */
export const onRows: Attack[] = attacks(['login', 'owner'], {
  select: (at) => `select from ${at.schema}.probe_table`,
  'select for update': (at) => `select from ${at.schema}.probe_table for update`,
  'select from a view': (at) => `select from ${at.schema}.probe_view`,
  'select from a materialized view': (at) => `select from ${at.schema}.probe_copy`,
  'select, joined with rows of its own': (at, home) =>
    `select from ${home.schema}.probe_table join ${at.schema}.probe_table as other using (id)`,
  'select, row security set off': (at) =>
    `set local row_security = off; select from ${at.schema}.probe_table`,
  'select by way of the search path': {
    sql: (at) => `set local search_path = ${at.schema}; select from probe_table`,
    // Postgres passes over a schema on the path that the role may not use.
    refused: '42P01',
  },
  'select by way of set_config': {
    sql: (at) => `select set_config('search_path', '${at.schema}', true); select from probe_table`,
    refused: '42P01',
  },
  'select inside a text that a function runs': (at) =>
    `select ts_stat('select to_tsvector(label) from ${at.schema}.probe_table')`,
  insert: (at) => `insert into ${at.schema}.probe_table values (4, 'forged')`,
  'insert or update': (at) =>
    `insert into ${at.schema}.probe_table values (1, 'forged')
     on conflict (id) do update set label = excluded.label`,
  update: (at) => `update ${at.schema}.probe_table set label = 'forged'`,
  delete: (at) => `delete from ${at.schema}.probe_table`,
  merge: (at) =>
    `merge into ${at.schema}.probe_table as t using (values (1)) as v (id) on t.id = v.id
     when matched then delete`,
  'delete in a DO block, as a text': (at) =>
    `do $$ begin execute 'delete from ${at.schema}.probe_table'; end $$`,
  'insert what a contract call would insert': (at) =>
    `insert into ${at.schema}.probe_spare select id from ${at.schema}.probe_table`,
  'copy out': (at) => `copy ${at.schema}.probe_table to stdout`,
  'copy out a query': (at) => `copy (select * from ${at.schema}.probe_table) to stdout`,
  'copy in': {
    sql: (at) => `copy ${at.schema}.probe_table from stdin`,
    control: { gives: ['57014'], why: 'Postgres asks for rows, and the client has none to send' },
  },
  lock: (at) => `lock table ${at.schema}.probe_table in access exclusive mode`,
  explain: (at) => `explain select from ${at.schema}.probe_table`,
  'prepare and execute': (at) =>
    `deallocate all; prepare probe_plan as select from ${at.schema}.probe_table;
     execute probe_plan; deallocate probe_plan`,
  'declare a cursor': (at) =>
    `declare probe_cursor cursor for select from ${at.schema}.probe_table;
     fetch all from probe_cursor`,
  'read the migration history': (at) => `select from ${at.schema}._platform_migrations`,
  'call a function': (at) => `select ${at.schema}.probe_count()`,
  'call a procedure': (at) => `call ${at.schema}.probe_procedure()`,
  'cast to a type': {
    sql: (at) => `select 'open'::${at.schema}.probe_state`,
    withUsage: 'the value: rights on a type are for columns and arguments',
  },
  'advance a sequence': (at) => `select nextval('${at.schema}.probe_sequence')`,
  'read the current value of a sequence': {
    sql: (at) => `select currval('${at.schema}.probe_sequence')`,
    control: {
      sql: ({ schema }) =>
        `select nextval('${schema}.probe_sequence'); select currval('${schema}.probe_sequence')`,
      why: 'a session has a current value only after the next one',
    },
  },
  'read the last value of a sequence': (at) => `select last_value from ${at.schema}.probe_sequence`,
  'read the last value of a sequence in the catalog': {
    sql: (at) =>
      `select from pg_sequences where schemaname = '${at.module}'
       and sequencename = 'probe_sequence' and last_value is not null`,
    refused: 'no rows',
  },
  'read values of a column in the statistics': {
    sql: (at) =>
      `select from pg_stats where schemaname = '${at.module}' and tablename = 'probe_table'`,
    refused: 'no rows',
  },
  'read what its sessions are running': {
    sql: (at) =>
      `select from pg_stat_activity where usename = '${at.login.slice(1, -1)}'
       and query <> '<insufficient privilege>'`,
    refused: 'no rows',
    control: {
      sql: () => `select from pg_stat_activity where usename = current_user and query <> ''`,
      why: 'a role sees the queries of its own name only, and the owner role has another',
    },
  },
});

/** Rows by what only an owner may do, even at home. */
export const onRowsAsOwner: Attack[] = attacks(['owner'], {
  truncate: (at) => `truncate ${at.schema}.probe_table`,
  'set a sequence back': (at) => `select setval('${at.schema}.probe_sequence', 1)`,
  'read a large object': (at) =>
    `select lo_get(oid) from pg_largeobject_metadata where lomowner = '${at.owner}'::regrole`,
  'refresh a materialized view': (at) => `refresh materialized view ${at.schema}.probe_copy`,
  'analyze, and so read all rows': {
    sql: (at) => `analyze ${at.schema}.probe_table`,
    withUsage: 'a warning that it was skipped',
  },
});
