import sql from 'sql-template-tag';
import type { ModuleDatabase, PrismaLike } from './module-database.js';

/** What else than its own schema the module's role can reach, by attribute, membership or grant. */
export async function reachFaults(
  database: ModuleDatabase<PrismaLike>,
  module: string,
): Promise<string[]> {
  const rows = await database.query<{ role: string; reach: string }>(sql`
    with me as (select * from pg_roles where rolname = current_user)
    select current_user as role, reach from (
      select 'the schema "' || nspname || '"' as reach from pg_namespace
      where nspname not in (${module}, 'pg_catalog', 'information_schema')
        and nspname !~ '^pg_(toast|temp_|toast_temp_)'
        and (has_schema_privilege(oid, 'USAGE') or has_schema_privilege(oid, 'CREATE'))
      union all
      select 'the role "' || rolname || '"' from pg_roles
      where rolname <> current_user and pg_has_role(oid, 'MEMBER')
      union all
      select 'everything, being superuser' from me where rolsuper
      union all
      select 'every role, having CREATEROLE' from me where rolcreaterole
      union all
      select 'other databases, having CREATEDB' from me where rolcreatedb
      union all
      select 'every row, having BYPASSRLS' from me where rolbypassrls
      union all
      select 'every change of the server, having REPLICATION' from me where rolreplication
      union all
      select 'the privilege ' || privilege || ' on the database'
      from unnest(array['CREATE', 'TEMPORARY']) as privilege
      where has_database_privilege(current_database(), privilege)
      union all
      select 'the making of tables in its own schema, which is for the owner role'
      from pg_namespace where nspname = ${module} and has_schema_privilege(oid, 'CREATE')
    ) as found`);
  return rows.map(
    ({ role, reach }) =>
      `${module}: its role "${role}" reaches ${reach}; take that away, or run: npm run db:provision`,
  );
}
