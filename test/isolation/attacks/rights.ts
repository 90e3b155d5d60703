import { type Attack, attacks } from '../attack.js';
import { BYSTANDER } from '../sessions.js';

const NO_HOME = 'no module may do this anywhere';

/** Getting at another role, or at more rights, as whoever. */
export const onRights: Attack[] = attacks(['login', 'owner'], {
  'become the login role': {
    sql: (at) => `set local role ${at.login}`,
    control: {
      sql: () => 'select set_config($$role$$, current_user, true)',
      why: 'every role may become itself, whichever it is',
    },
  },
  'become the owner role': {
    sql: (at) => `set local role ${at.owner}`,
    control: { by: 'owner', why: 'only the owner role may become itself' },
  },
  'become the admin': {
    sql: () => `do $$ begin
      execute (select format('set local role %I', pg_get_userbyid(datdba)) from pg_database
        where datname = current_database()); end $$`,
    control: { by: 'admin', why: NO_HOME },
  },
  'authorize the session as the login role': {
    sql: (at) => `set local session authorization ${at.login}`,
    control: {
      sql: () =>
        `do $$ begin execute format('set local session authorization %I', current_user); end $$`,
      why: 'every role may authorize its session as itself, whichever it is',
    },
  },
  'become a member of the login role': {
    sql: (at, home) => `grant ${at.login} to ${home.login}`,
    control: {
      by: 'admin',
      sql: (home) => `grant ${home.login} to ${home.owner}`,
      why: `${NO_HOME}; nobody is a member of itself`,
    },
  },
  'become a member of the owner role': {
    sql: (at, home) => `grant ${at.owner} to ${home.login}`,
    control: { by: 'admin', why: NO_HOME },
  },
  'become a member of a role that reads everything': {
    sql: (_, home) => `grant pg_read_all_data to ${home.login}`,
    control: { by: 'superuser', why: NO_HOME },
  },
  'give its own login role away': {
    sql: (at, home) => `grant ${home.login} to ${at.login}`,
    control: {
      by: 'admin',
      sql: (home) => `grant ${home.login} to ${home.owner}`,
      why: `${NO_HOME}; nobody is a member of itself`,
    },
  },
  'change the password': {
    sql: (at) => `alter role ${at.login} password 'forged'`,
    control: {
      sql: () => `do $$ begin execute format('alter role %I password null', current_user); end $$`,
      why: 'every role may change the password of itself, whichever it is',
    },
  },
  'change the search path': {
    sql: (at) => `alter role ${at.login} set search_path = public`,
    control: {
      sql: () => `alter role current_user set search_path = public`,
      why: 'every role may change the settings of itself, whichever it is',
    },
  },
  'become a superuser': {
    sql: () => 'alter role current_user superuser',
    control: { by: 'superuser', sql: ({ login }) => `alter role ${login} superuser`, why: NO_HOME },
  },
  'bypass row security': {
    sql: () => 'alter role current_user bypassrls',
    control: { by: 'superuser', sql: ({ login }) => `alter role ${login} bypassrls`, why: NO_HOME },
  },
  'lift the limit of its connections': {
    sql: () => 'alter role current_user connection limit -1',
    control: {
      by: 'admin',
      sql: ({ login }) => `alter role ${login} connection limit -1`,
      why: NO_HOME,
    },
  },
  'create a role': {
    sql: () => 'create role probe_role',
    control: { by: 'admin', why: NO_HOME },
  },
  'drop a role': {
    sql: (at) => `drop role ${at.login}`,
    control: {
      by: 'admin',
      gives: ['2BP01'],
      why: `${NO_HOME}; the admin is only told that objects depend on the role`,
    },
  },
  'rename a role': {
    sql: (at) => `alter role ${at.login} rename to probe_role`,
    control: { by: 'admin', why: NO_HOME },
  },
});

const bystander = (login: string) =>
  `from pg_stat_activity where usename = '${login.slice(1, -1)}'
   and application_name = '${BYSTANDER}'`;

/** Other sessions of the server. */
export const onSessions: Attack[] = attacks(['login'], {
  'cancel a statement': (at) => `select pg_cancel_backend(pid) ${bystander(at.login)}`,
  'end a session': {
    sql: (at) => `select pg_terminate_backend(pid) ${bystander(at.login)}`,
    control: {
      sql: (home) => `select pg_cancel_backend(pid) ${bystander(home.login)}`,
      why: 'the same right as to cancel, and the session is needed again',
    },
  },
});

/** What every owner may do with its own. */
export const onRightsAsOwner: Attack[] = attacks(['owner'], {
  'grant itself a table': (at, home) => `grant select on ${at.schema}.probe_table to ${home.login}`,
  'grant everybody all tables': (at) =>
    `grant select on all tables in schema ${at.schema} to public`,
  'grant itself a function': (at, home) =>
    `grant execute on function ${at.schema}.probe_count to ${home.login}`,
  'grant itself a type': (at, home) =>
    `grant usage on type ${at.schema}.probe_state to ${home.login}`,
  'grant itself the schema': {
    sql: (at, home) => `grant usage, create on schema ${at.schema} to ${home.login}`,
    withUsage: 'a warning that nothing was granted',
  },
  'revoke a table from its owner': (at) =>
    `revoke select on ${at.schema}.probe_table from ${at.login}`,
  'change its default privileges': (at, home) =>
    `alter default privileges for role ${at.owner} grant select on tables to ${home.login}`,
  'drop all that a role owns': (at) => `drop owned by ${at.owner} cascade`,
  'take over all that a role owns': (at, home) => `reassign owned by ${at.owner} to ${home.owner}`,
});
