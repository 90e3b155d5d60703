import { type Attack, attacks, type Control } from '../attack.js';

const admin: Control = { by: 'admin', why: 'no module may do this anywhere' };
const superuser: Control = { ...admin, by: 'superuser' };

/** What belongs to the whole database. */
export const onDatabase: Attack[] = attacks(['login', 'owner'], {
  'create a table in public': {
    sql: () => 'create table public.probe_new ()',
    control: admin,
  },
  'create a temporary table': {
    sql: () => 'create temporary table probe_new ()',
    control: admin,
  },
  'create a temporary function': {
    sql: () => `create function pg_temp.probe_new() returns int language sql as 'select 1'`,
    control: admin,
  },
  'create a schema': { sql: () => 'create schema probe_new', control: admin },
  'create a trusted extension': { sql: () => 'create extension pgcrypto', control: admin },
  'change the database': {
    sql: (at) => `alter database ${at.database} connection limit 1000`,
    control: admin,
  },
  'change the settings of the database': {
    sql: (at) => `alter database ${at.database} set search_path = public`,
    control: admin,
  },
  'create a database': {
    sql: () => 'create database probe_new template probe_absent',
    outsideTransaction: true,
    control: {
      ...admin,
      gives: ['3D000'],
      why: 'the admin is only told that the template is missing',
    },
  },
  'publish a table': {
    sql: (at) => `create publication probe_new for table ${at.schema}.probe_table`,
    control: {
      ...admin,
      sql: () => 'create publication probe_new',
      why: 'it takes CREATE on the database, and to own the table: no role has both but a superuser',
    },
  },
  'publish the schema': {
    sql: (at) => `create publication probe_new for tables in schema ${at.schema}`,
    control: superuser,
  },
  'subscribe to a publication': {
    sql: () =>
      `create subscription probe_new connection 'dbname=probe' publication probe_new
       with (connect = false, slot_name = none)`,
    control: superuser,
  },
  'create an event trigger': {
    sql: (_, home) =>
      `create event trigger probe_new on ddl_command_start
       execute function ${home.schema}.probe_event()`,
    control: superuser,
  },
  'create an untrusted extension, dblink': {
    sql: () => 'create extension dblink',
    control: superuser,
  },
  'create an untrusted extension, postgres_fdw': {
    sql: () => 'create extension postgres_fdw',
    control: superuser,
  },
  'create an untrusted extension, file_fdw': {
    sql: () => 'create extension file_fdw',
    control: superuser,
  },
  'create a foreign data wrapper': {
    sql: () => 'create foreign data wrapper probe_new',
    control: superuser,
  },
  'connect by dblink': {
    sql: (at) => `select dblink_connect('dbname=' || '${at.database}')`,
    refused: '42883',
    control: {
      by: 'superuser',
      sql: ({ schema }) =>
        `create extension dblink schema ${schema}; select ${schema}.dblink_get_connections()`,
      why: 'there is no such function until a superuser makes it',
    },
  },
});

/** What belongs to the whole server, and its files. */
export const onServer: Attack[] = attacks(['login', 'owner'], {
  'read a file': { sql: () => `select pg_read_file('PG_VERSION')`, control: superuser },
  'list a folder': { sql: () => `select pg_ls_dir('.')`, control: superuser },
  'copy a file in': {
    sql: (_, home) => `copy ${home.schema}.probe_spare from '/dev/null'`,
    control: superuser,
  },
  'copy a program in': {
    sql: (_, home) => `copy ${home.schema}.probe_spare from program 'true'`,
    control: superuser,
  },
  'copy out to a file': { sql: () => `copy (select 1) to '/dev/null'`, control: superuser },
  'copy out to a program': {
    sql: () => `copy (select 1) to program 'cat > /dev/null'`,
    control: superuser,
  },
  'import a large object': { sql: () => `select lo_import('PG_VERSION')`, control: superuser },
  'export a large object': {
    sql: () => `select lo_export(oid, '/dev/null') from pg_largeobject_metadata`,
    control: superuser,
  },
  'read pg_authid': { sql: () => 'select from pg_authid', control: superuser },
  'read pg_shadow': { sql: () => 'select from pg_shadow', control: superuser },
  'read pg_statistic': {
    sql: (at) =>
      `select from pg_statistic where starelid =
         (select oid from pg_class where relname = 'probe_table'
            and relnamespace = (select oid from pg_namespace where nspname = '${at.module}'))`,
    control: superuser,
  },
  'read the access rules of the server': {
    sql: () => 'select from pg_hba_file_rules',
    control: superuser,
  },
  'change a setting of the server': {
    // Of a parameter that nobody set, so that nothing changes when it is not refused.
    sql: () => 'alter system reset probe.absent',
    outsideTransaction: true,
    control: {
      ...superuser,
      gives: ['done', '42704'],
      why: 'Postgres 15 tells the superuser that there is no such parameter',
    },
  },
  'reload the configuration': { sql: () => 'select pg_reload_conf()', control: superuser },
  'load a library': { sql: () => `load 'plpgsql'`, control: superuser },
  'switch triggers and foreign keys off': {
    sql: () => 'set local session_replication_role = replica',
    control: superuser,
  },
  'hide from the log': { sql: () => 'set local log_statement = none', control: superuser },
  'create a logical replication slot': {
    sql: () => `select pg_create_logical_replication_slot('probe_new', 'pgoutput', true)`,
    control: {
      by: 'superuser',
      sql: () =>
        `select pg_create_physical_replication_slot('probe_new', false, true);
         select pg_drop_replication_slot('probe_new')`,
      why: 'a logical slot waits for every open transaction of the server; the right is the same',
    },
  },
  'read the change stream of a slot': {
    sql: () => `select pg_logical_slot_peek_binary_changes('probe_new', null, 1)`,
    control: {
      by: 'superuser',
      gives: ['42704', '55000'],
      why: 'the superuser is only told that there is no such slot, or no logical wal_level',
    },
  },
});

/** Code that the server would trust. */
export const onCode: Attack[] = attacks(['owner'], {
  'create a function in C': {
    sql: (_, home) =>
      `create function ${home.schema}.probe_new() returns trigger language c
       as '$libdir/plpgsql', 'plpgsql_call_handler'`,
    control: superuser,
  },
  'create a function from within the server': {
    sql: (_, home) =>
      `create function ${home.schema}.probe_new() returns text language internal as 'pgsql_version'`,
    control: superuser,
  },
  'create a cast without a function': {
    sql: (_, home) =>
      `create cast (${home.schema}.probe_pair as ${home.schema}.probe_state) without function`,
    control: {
      by: 'superuser',
      sql: () => 'create cast (date as xid) without function',
      why: 'only to a superuser is it a matter of whether the two types are alike',
    },
  },
});
