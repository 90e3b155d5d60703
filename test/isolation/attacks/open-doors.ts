import { type Attack, attacks } from '../attack.js';

/**
 * What Postgres lets every role do, and no grant can stop. It is here so that nobody believes
 * otherwise, and so that the docs are corrected when a version of Postgres changes it.
 */
export const OPEN_DOORS: readonly Attack[] = attacks(['login'], {
  'hold an advisory lock that others use': () => 'select pg_advisory_xact_lock(1)',
  'notify and listen on any channel': () => `listen probe_new; notify probe_new, 'forged'`,
  'create large objects': () => 'select lo_create(0)',
  'write messages into the log of changes': () => `select pg_logical_emit_message(true, 'p', 'm')`,
  'read the names of tables and columns': (at) =>
    `select from pg_class join pg_attribute on attrelid = pg_class.oid
     where relname = 'probe_table' and relnamespace::regnamespace::text = '${at.schema}'
       or relnamespace = (select oid from pg_namespace where nspname = '${at.module}')`,
  'read the source of functions': (at) =>
    `select prosrc from pg_proc where proname = 'probe_count'
       and pronamespace = (select oid from pg_namespace where nspname = '${at.module}')`,
  'read the definition of views': (at) =>
    `select pg_get_viewdef(oid) from pg_class where relname = 'probe_view'
       and relnamespace = (select oid from pg_namespace where nspname = '${at.module}')`,
  'read about how many rows a table has, and its size': (at) =>
    `select reltuples, pg_total_relation_size(oid) from pg_class where relname = 'probe_table'
       and relnamespace = (select oid from pg_namespace where nspname = '${at.module}')
       and reltuples = 3`,
  'see that a role has sessions': (at) =>
    `select from pg_stat_activity where usename = '${at.login.slice(1, -1)}'`,
  'see who holds locks on a table': () => 'select from pg_locks',
  'lift the time-outs of its own session': () => 'set local statement_timeout = 0',
  'change the password of its own role': () =>
    `do $$ begin execute format('alter role %I password null', current_user); end $$`,
  'change the settings of its own role': () => 'alter role current_user set statement_timeout = 0',
});

/** What an owner may do with its own: only the audit sees it. */
export const OPEN_DOORS_OF_OWNERS: readonly Attack[] = attacks(['owner'], {
  'give its own table away': (at, home) =>
    `grant usage on schema ${home.schema} to ${at.login};
     grant select on ${home.schema}.probe_table to ${at.login}`,
  'give its own table to everybody': (_, home) =>
    `grant select on ${home.schema}.probe_table to public`,
  'give all its future tables away': (at, home) =>
    `alter default privileges in schema ${home.schema} grant select on tables to ${at.login}`,
  'create a SECURITY DEFINER function': (_, home) =>
    `create function ${home.schema}.probe_new() returns int language sql security definer
     as 'select 1'`,
});
