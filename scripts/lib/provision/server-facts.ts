import type pg from 'pg';

/** A role as the server has it. */
export interface RoleFacts {
  readonly name: string;
  /** Attributes by their name in SQL, as in `NOSUPERUSER`. */
  readonly attributes: Readonly<Record<string, boolean>>;
  readonly connectionLimit: number;
  readonly expires: boolean;
  readonly comment: string | null;
  /** `name=value`, in every database. */
  readonly settings: readonly string[];
  /** Names of the settings that the role has in this database alone. */
  readonly overrides: readonly string[];
  readonly memberOf: readonly { readonly role: string; readonly grantor: string }[];
  /** Whether the admin may SET ROLE to it. */
  readonly assumable: boolean;
  /** Sessions of the role, in any database. */
  readonly sessions: number;
}

/** What is true of the whole server, readable from any of its databases. */
export interface ServerFacts {
  /** Major version. */
  readonly version: number;
  readonly admin: {
    readonly name: string;
    readonly superuser: boolean;
    readonly createRole: boolean;
    readonly createDatabase: boolean;
  };
  readonly databaseExists: boolean;
  /** Those of the asked-for roles that exist, by name. */
  readonly roles: ReadonlyMap<string, RoleFacts>;
}

const QUERY = `
with target as (select oid from pg_database where datname = $1),
version as (select current_setting('server_version_num')::int / 10000 as major)
select json_build_object(
  'version', (select major from version),
  'admin', (
    select json_build_object('name', rolname, 'superuser', rolsuper,
      'createRole', rolsuper or rolcreaterole, 'createDatabase', rolsuper or rolcreatedb)
    from pg_roles where rolname = current_user),
  'databaseExists', exists (select from target),
  'roles', (
    select coalesce(json_agg(json_build_object(
      'name', r.rolname,
      'attributes', json_build_object(
        'LOGIN', r.rolcanlogin, 'SUPERUSER', r.rolsuper, 'CREATEDB', r.rolcreatedb,
        'CREATEROLE', r.rolcreaterole, 'REPLICATION', r.rolreplication,
        'BYPASSRLS', r.rolbypassrls, 'INHERIT', r.rolinherit),
      'connectionLimit', r.rolconnlimit,
      'expires', coalesce(r.rolvaliduntil, 'infinity') <> 'infinity',
      'comment', shobj_description(r.oid, 'pg_authid'),
      'settings', coalesce(
        (select setconfig from pg_db_role_setting where setrole = r.oid and setdatabase = 0), '{}'),
      'overrides', array(
        select split_part(unnest(setconfig), '=', 1) from pg_db_role_setting, target
        where setrole = r.oid and setdatabase = target.oid),
      'memberOf', (
        select coalesce(json_agg(json_build_object(
          'role', pg_get_userbyid(m.roleid), 'grantor', pg_get_userbyid(m.grantor))), '[]')
        from pg_auth_members m where m.member = r.oid),
      'assumable', pg_has_role(r.oid, case when version.major < 16 then 'MEMBER' else 'SET' end),
      'sessions', (select count(*) from pg_stat_activity a where a.usesysid = r.oid)
    )), '[]') from pg_roles r, version where r.rolname = any($2))
) as facts`;

/** Reads what the plan needs to know of the server, in one round trip. */
export async function readServerFacts(
  client: pg.ClientBase,
  database: string,
  roles: readonly string[],
): Promise<ServerFacts> {
  type Row = { facts: Omit<ServerFacts, 'roles'> & { roles: RoleFacts[] } };
  const { rows } = await client.query<Row>(QUERY, [database, roles]);
  const { facts } = rows[0] as Row;
  return { ...facts, roles: new Map(facts.roles.map((role) => [role.name, role])) };
}
