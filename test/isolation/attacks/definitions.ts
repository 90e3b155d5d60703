import { type Attack, attacks } from '../attack.js';

/** Changing what the victim's schema holds. */
export const onDefinitions: Attack[] = attacks(['owner'], {
  'create a table': (at) => `create table ${at.schema}.probe_new ()`,
  'create a view': (at) => `create view ${at.schema}.probe_new as select 1 as one`,
  'create a function': (at) =>
    `create function ${at.schema}.probe_new() returns int language sql as 'select 1'`,
  'create a type': (at) => `create type ${at.schema}.probe_new as enum ('a')`,
  'create a sequence': (at) => `create sequence ${at.schema}.probe_new`,
  'move a table of its own there': (at, home) =>
    `alter table ${home.schema}.probe_spare set schema ${at.schema}`,
  'move a function of its own there': (at, home) =>
    `alter function ${home.schema}.probe_count set schema ${at.schema}`,
  'add a column': (at) => `alter table ${at.schema}.probe_table add extra int`,
  'rename a table': (at) => `alter table ${at.schema}.probe_table rename to probe_new`,
  'rename a column': (at) => `alter table ${at.schema}.probe_table rename label to text`,
  'take a table over': (at, home) => `alter table ${at.schema}.probe_table owner to ${home.owner}`,
  'drop a table': (at) => `drop table ${at.schema}.probe_table cascade`,
  'drop a view': (at) => `drop view ${at.schema}.probe_view`,
  'drop a sequence': (at) => `drop sequence ${at.schema}.probe_sequence`,
  'drop a function': (at) => `drop function ${at.schema}.probe_trigger`,
  'replace a function': (at) =>
    `create or replace function ${at.schema}.probe_count() returns bigint language sql as 'select 0::bigint'`,
  'extend an enum': (at) => `alter type ${at.schema}.probe_state add value 'closed'`,
  'drop the schema': (at) => `drop schema ${at.schema} cascade`,
  'create an index': (at) => `create index on ${at.schema}.probe_table (label)`,
  'rebuild an index': (at) => `reindex table ${at.schema}.probe_table`,
  'create statistics': (at) =>
    `create statistics ${at.schema}.probe_new on id, label from ${at.schema}.probe_table`,
  'create statistics of its own on a table': (at, home) =>
    `create statistics ${home.schema}.probe_new on id, label from ${at.schema}.probe_table`,
  'create a trigger': (at, home) =>
    `create trigger probe_new before insert on ${at.schema}.probe_table
       for each row execute function ${home.schema}.probe_trigger()`,
  'disable triggers': (at) => `alter table ${at.schema}.probe_table disable trigger user`,
  'create a rule': (at) =>
    `create rule probe_rule as on delete to ${at.schema}.probe_table do instead nothing`,
  'create a policy': (at) => `create policy probe_policy on ${at.schema}.probe_table using (true)`,
  'enable row security': (at) => `alter table ${at.schema}.probe_table enable row level security`,
  'set the replica identity': (at) => `alter table ${at.schema}.probe_table replica identity full`,
  'comment on a table': (at) => `comment on table ${at.schema}.probe_table is 'forged'`,
  'comment on the schema': (at) => `comment on schema ${at.schema} is 'forged'`,
});
