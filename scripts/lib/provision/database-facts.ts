import type pg from 'pg';
import type { Grant } from './acl.js';
import type { ModuleRoles } from './target.js';

/** Something that has an owner and an access list. */
export interface Owned {
  readonly name: string;
  readonly owner: string;
  /** Whether the admin may grant in the owner's stead. */
  readonly alterable: boolean;
  readonly acl: readonly Grant[];
}

/** What an owner role grants on objects that it will make. */
export interface DefaultAcl {
  readonly owner: string;
  /** `null`: in every schema. */
  readonly schema: string | null;
  readonly objects: 'TABLES' | 'SEQUENCES' | 'FUNCTIONS' | 'TYPES';
  readonly acl: readonly Grant[];
}

/** An object on which the module's login role lacks a privilege that it should have. */
export interface Ungranted {
  readonly module: string;
  readonly kind: 'TABLE' | 'SEQUENCE' | 'ROUTINE' | 'TYPE';
  /** Quoted and qualified. */
  readonly object: string;
}

/** What is true of one database, readable only from inside. */
export interface DatabaseFacts {
  readonly database: Owned;
  /** The schema `public`, unless somebody dropped it. */
  readonly public: Owned | null;
  /** The schema `platform`, once it was made, and its tables. */
  readonly platform: Owned | null;
  readonly platformTables: readonly Owned[];
  readonly schemas: readonly Owned[];
  /** Modules whose rows are in another database, by the table of placements. */
  readonly moved: readonly string[];
  readonly defaults: readonly DefaultAcl[];
  readonly ungranted: readonly Ungranted[];
}

const grant = (grantee: string | null, privilege: string) => ({
  grantee,
  privilege,
  grantable: false,
});

/** What a database made from template0 will be like. */
export const freshDatabase = (database: string, admin: string): DatabaseFacts => ({
  database: {
    name: database,
    owner: admin,
    alterable: true,
    acl: [grant(null, 'TEMPORARY'), grant(null, 'CONNECT')],
  },
  public: {
    name: 'public',
    owner: 'pg_database_owner',
    alterable: true,
    acl: [grant(null, 'USAGE')],
  },
  platform: null,
  platformTables: [],
  schemas: [],
  moved: [],
  defaults: [],
  ungranted: [],
});

const acl = (list: string) => `(
  select coalesce(json_agg(json_build_object('grantee', g.rolname, 'privilege', a.privilege_type,
    'grantable', a.is_grantable)), '[]')
  from aclexplode(${list}) a left join pg_roles g on g.oid = a.grantee)`;

/** Names that begin with "_" are a migration tool's own; it decides who may use them. */
const QUERY = `
with wanted as (
  select * from unnest($1::text[], $2::text[], $3::text[]) as w (module, login, owner)),
schema as (
  select n.oid, n.nspname, n.nspowner, o.rolname as owner,
    coalesce(n.nspacl, acldefault('n', n.nspowner)) as acl
  from pg_namespace n join pg_roles o on o.oid = n.nspowner
  where n.nspname in ('public', 'platform') or n.nspname in (select module from wanted)),
owned as (
  select json_build_object('name', nspname, 'owner', owner, 'acl', ${acl('acl')},
    'alterable', pg_has_role(nspowner, 'USAGE')) as facts, nspname from schema),
scope as (
  select w.module, s.oid as schema, s.nspowner as owner, l.oid as login
  from wanted w join schema s on s.nspname = w.module and s.owner = w.owner
  left join pg_roles l on l.rolname = w.login),
ungranted as (
  select module, 'TABLE' as kind, format('%I.%I', module, relname) as object
  from scope join pg_class on relnamespace = schema and relowner = scope.owner
  where relkind in ('r', 'p', 'v', 'm', 'f') and relname not like '\\_%'
    and (login is null or not (has_table_privilege(login, pg_class.oid, 'SELECT')
      and has_table_privilege(login, pg_class.oid, 'INSERT')
      and has_table_privilege(login, pg_class.oid, 'UPDATE')
      and has_table_privilege(login, pg_class.oid, 'DELETE')))
  union all
  select module, 'SEQUENCE', format('%I.%I', module, relname)
  from scope join pg_class on relnamespace = schema and relowner = scope.owner
  where case when relkind = 'S' then login is null
    or not (has_sequence_privilege(login, pg_class.oid, 'USAGE')
      and has_sequence_privilege(login, pg_class.oid, 'SELECT')) end
  union all
  select module, 'ROUTINE', pg_proc.oid::regprocedure::text
  from scope join pg_proc on pronamespace = schema and proowner = scope.owner
  where login is null or not has_function_privilege(login, pg_proc.oid, 'EXECUTE')
  union all
  select module, 'TYPE', format('%I.%I', module, typname)
  from scope join pg_type t on typnamespace = schema and typowner = scope.owner
  where typtype in ('b', 'c', 'd', 'e', 'r') and typcategory <> 'A'
    and (typrelid = 0 or exists (select from pg_class where oid = typrelid and relkind = 'c'))
    and (login is null or not has_type_privilege(login, t.oid, 'USAGE')))
select json_build_object(
  'database', (
    select json_build_object('name', datname, 'owner', pg_get_userbyid(datdba),
      'alterable', pg_has_role(datdba, 'USAGE'),
      'acl', ${acl("coalesce(datacl, acldefault('d', datdba))")})
    from pg_database where datname = current_database()),
  'public', (select facts from owned where nspname = 'public'),
  'platform', (select facts from owned where nspname = 'platform'),
  'platformTables', (
    select coalesce(json_agg(json_build_object('name', relname, 'owner', pg_get_userbyid(relowner),
      'alterable', pg_has_role(relowner, 'USAGE'),
      'acl', ${acl("coalesce(relacl, acldefault('r', relowner))")})), '[]')
    from pg_class join schema on schema.oid = relnamespace and nspname = 'platform' where relkind = 'r'),
  'schemas', (
    select coalesce(json_agg(facts), '[]') from owned where nspname not in ('public', 'platform')),
  'defaults', (
    select coalesce(json_agg(json_build_object('owner', o.rolname, 'schema', n.nspname,
      'objects', case defaclobjtype when 'r' then 'TABLES' when 'S' then 'SEQUENCES'
        when 'f' then 'FUNCTIONS' when 'T' then 'TYPES' end,
      'acl', ${acl('defaclacl')})), '[]')
    from pg_default_acl join pg_roles o on o.oid = defaclrole
    left join pg_namespace n on n.oid = defaclnamespace
    where o.rolname in (select owner from wanted) and defaclobjtype in ('r', 'S', 'f', 'T')),
  'ungranted', (select coalesce(json_agg(ungranted order by kind, object), '[]') from ungranted)
) as facts`;

const MOVED = 'select module from platform.placement where database is not null';

/** Reads what the plan needs to know of the database. */
export async function readDatabaseFacts(
  client: pg.ClientBase,
  roles: readonly ModuleRoles[],
): Promise<DatabaseFacts> {
  type Row = { facts: Omit<DatabaseFacts, 'moved'> };
  const { rows } = await client.query<Row>(QUERY, [
    roles.map(({ module }) => module),
    roles.map(({ login }) => login),
    roles.map(({ owner }) => owner),
  ]);
  const { facts } = rows[0] as Row;
  if (facts.platformTables.every(({ name }) => name !== 'placement'))
    return { ...facts, moved: [] };
  const places = await client.query<{ module: string }>(MOVED);
  return { ...facts, moved: places.rows.map(({ module }) => module) };
}
