import { type Attack, attacks } from '../attack.js';

/** What only the owner role may do in the module's schema; the login role tries it at home. */
const asOwner = (sql: Attack['sql']) => ({
  sql,
  control: { by: 'owner', why: 'it is for migrations, so for the owner role' } as const,
});

export const AT_HOME: readonly Attack[] = attacks(['login'], {
  truncate: asOwner((at) => `truncate ${at.schema}.probe_table`),
  'set a sequence back': asOwner((at) => `select setval('${at.schema}.probe_sequence', 1)`),
  'create a table': asOwner((at) => `create table ${at.schema}.probe_new ()`),
  'create a view': asOwner((at) => `create view ${at.schema}.probe_new as select 1 as one`),
  'create a function': asOwner(
    (at) => `create function ${at.schema}.probe_new() returns int language sql as 'select 1'`,
  ),
  'create a type': asOwner((at) => `create type ${at.schema}.probe_new as enum ('a')`),
  'create an index': asOwner((at) => `create index on ${at.schema}.probe_table (label)`),
  'create a trigger': asOwner(
    (at) =>
      `create trigger probe_new before insert on ${at.schema}.probe_table
       for each row execute function ${at.schema}.probe_trigger()`,
  ),
  'create a foreign key': asOwner(
    (at) => `alter table ${at.schema}.probe_spare add foreign key (id) references probe_table`,
  ),
  'alter a table': asOwner((at) => `alter table ${at.schema}.probe_table add extra int`),
  'disable triggers': asOwner((at) => `alter table ${at.schema}.probe_table disable trigger all`),
  'rename a table': asOwner((at) => `alter table ${at.schema}.probe_table rename to probe_new`),
  'drop a table': asOwner((at) => `drop table ${at.schema}.probe_table cascade`),
  'drop the schema': asOwner((at) => `drop schema ${at.schema} cascade`),
  'comment on a table': asOwner((at) => `comment on table ${at.schema}.probe_table is 'forged'`),
  'grant a table': {
    ...asOwner(
      (at) =>
        `grant select on ${at.schema}.probe_table to public;
         select from pg_class, aclexplode(relacl)
         where oid = '${at.schema}.probe_table'::regclass and grantee = 0`,
    ),
    // Postgres only warns somebody who has the right, but not the right to pass it on.
    refused: 'no rows',
  },
  'become its own owner role': asOwner((at) => `set local role ${at.owner}`),
  'insert into the migration history': asOwner(
    (at) =>
      `insert into ${at.schema}._platform_migrations (name, checksum) values ('forged', 'forged')`,
  ),
  'update the migration history': asOwner(
    (at) => `update ${at.schema}._platform_migrations set checksum = 'forged'`,
  ),
  'delete the migration history': asOwner((at) => `delete from ${at.schema}._platform_migrations`),
  'truncate the migration history': asOwner((at) => `truncate ${at.schema}._platform_migrations`),
  'update the history of Prisma': asOwner(
    (at) => `update ${at.schema}._prisma_migrations set checksum = 'forged'`,
  ),
  'delete the history of Prisma': asOwner((at) => `delete from ${at.schema}._prisma_migrations`),
});
