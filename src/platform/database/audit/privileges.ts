import { roleName } from './system-tables.js';

/** Things outside of schemas that have an access list: their letter, catalog, owner and list. */
const OUTSIDE = [
  ['d', 'pg_database', 'datdba', 'datacl', 'datname = current_database()'],
  ['L', 'pg_largeobject_metadata', 'lomowner', 'lomacl', 'true'],
  ['S', 'pg_foreign_server', 'srvowner', 'srvacl', 'true'],
  ['F', 'pg_foreign_data_wrapper', 'fdwowner', 'fdwacl', 'true'],
  ['t', 'pg_tablespace', 'spcowner', 'spcacl', 'true'],
  ['l', 'pg_language', 'lanowner', 'lanacl', 'true'],
  ['p', 'pg_parameter_acl', '10::oid', 'paracl', 'true'],
] as const;

const outside = OUTSIDE.map(
  ([letter, catalog, owner, acl, where]) => `
  select '${catalog.replace('_metadata', '')}'::regclass::oid, oid, 0, null::oid, null, ${owner}, '${letter}', a.*
  from ${catalog} cross join aclexplode(coalesce(${acl}, acldefault('${letter}', ${owner}))) a
  where ${where}`,
).join(' union all');

/** What was granted on the server's own objects beyond what initdb grants. */
const BEYOND_INITDB = `
  select s.classid, s.objid, s.objsubid, schema, name, owner, acl_type, a.*
  from (
    select 'pg_proc'::regclass::oid as classid, oid as objid, 0 as objsubid, pronamespace as schema,
      proname::text as name, proowner as owner, 'f' as acl_type, proacl as acl from pg_proc
    union all select 'pg_class'::regclass, oid, 0, relnamespace, relname, relowner, 'r', relacl from pg_class
    union all select 'pg_class'::regclass, attrelid, attnum, relnamespace, relname, relowner, 'c', attacl
    from pg_attribute join pg_class c on c.oid = attrelid
  ) as s left join pg_init_privs p on p.classoid = s.classid and p.objoid = s.objid and p.objsubid = s.objsubid
    cross join aclexplode(acl) a
  where s.objid < 16384 and schema = 'pg_catalog'::regnamespace and acl is distinct from initprivs
    and acl is not null and not exists (
      select from aclexplode(coalesce(initprivs, acldefault(case acl_type when 'f' then 'f'::"char" else 'r' end, owner))) i
      where i.grantee = a.grantee and i.privilege_type = a.privilege_type)`;

/** Every entry of every access list that matters to the project, its owners' own left out. */
export const ACCESS = `
access (classid, objid, objsubid, schema, name, owner, acl_type, grantor, grantee, privilege, grantable) as materialized (
  select classid, objid, 0, schema, name, owner, acl_type, a.*
  from object cross join aclexplode(coalesce(acl, acldefault(acl_type::"char", owner))) a
  where not extended and acl_type is not null
    -- Postgres opens functions and types to PUBLIC by itself; those that a range brings always are.
    and (acl is not null or acl_type = 'T' or acl_type = 'f' and coalesce(belongs !~ 'i', true))
  union all
  select classid, objid, attnum, schema, name, owner, 'c', a.*
  from pg_attribute join object on classid = 'pg_class'::regclass and objid = attrelid
    cross join aclexplode(attacl) a
  where attacl is not null
  union all
  select 'pg_namespace'::regclass, oid, 0, oid, nspname, nspowner, 'n', a.*
  from place cross join aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a where not system
  union all ${outside} union all ${BEYOND_INITDB})`;

/** Whether the role of a module may have the privilege: DML at home, and to read placements. */
const WANTED = `(acl_type = 'd' and privilege = 'CONNECT' and kind is not null
  or kind = 'login' and (acl_type = 'n' and privilege = 'USAGE' and access.schema in (select schema from shared)
    or acl_type = 'r' and privilege = 'SELECT' and objid in (select "table" from placement))
  or s.schema = access.schema and (kind = 'owner'
  or case when acl_type in ('r', 'c') then privilege in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
      -- A migration tool's own table is for reading.
      and (name !~ '^_' or privilege = 'SELECT')
    when acl_type = 's' then privilege in ('USAGE', 'SELECT')
    when acl_type = 'f' then privilege = 'EXECUTE'
    else acl_type in ('T', 'n') and privilege = 'USAGE' end))`;

/** A grant that another role than the owner made can be taken back by that role only. */
export const PRIVILEGES = `
select case when granted then 'grant-option' when grantee = 0 then 'privilege-for-public'
    when kind is null then 'privilege-for-stranger' else 'privilege-for-module' end,
  format('%s has %s%s on %s %s', ${roleName('grantee')}, privileges,
    case when granted then ' with grant option' end, i.type, i.identity),
  i.identity,
  format(case when grantor = owner then '%2$s' else 'SET ROLE %1$I; %2$s; RESET ROLE' end,
    pg_get_userbyid(grantor),
    format('REVOKE %s%s ON %s %s FROM %s CASCADE', case when granted then 'GRANT OPTION FOR ' end, privileges,
      case acl_type when 's' then 'SEQUENCE' when 'f' then 'ROUTINE' when 'T' then 'TYPE' when 'n' then 'SCHEMA'
        when 'd' then 'DATABASE' when 'L' then 'LARGE OBJECT' when 'S' then 'FOREIGN SERVER'
        when 'F' then 'FOREIGN DATA WRAPPER' when 't' then 'TABLESPACE' when 'l' then 'LANGUAGE'
        when 'p' then 'PARAMETER' else 'TABLE' end,
      (pg_identify_object(classid, objid, 0)).identity, ${roleName('grantee')})),
  array_remove(array[module, case when module is distinct from granted_to then granted_to end], null), reach,
  case when grantee = 0 then 'schema' else 'role' end,
  case when grantee = 0 then (select nspname from place where oid = unwanted.schema) else pg_get_userbyid(grantee) end
from (
  select classid, objid, objsubid, acl_type, access.schema, access.owner, grantor, grantee, kind,
    scope.module, s.module as granted_to, coalesce(${WANTED}, false) as granted,
    bool_or(kind = 'login' or grantee = 0 and scope.module is null and privilege <> 'CONNECT') as reach,
    string_agg(privilege || coalesce(' (' || quote_ident(attname) || ')', ''), ', ' order by privilege) as privileges
  from access left join subject s on s.role = grantee left join scope on scope.schema = access.schema
    left join place on place.oid = access.schema
    left join pg_attribute on attrelid = objid and attnum = objsubid and acl_type = 'c'
  where grantee <> access.owner and case
    when s.role is not null then grantable or not coalesce(${WANTED}, false)
    when grantee <> 0 or acl_type in ('r', 's', 'f', 'T', 'c') then scope.module is not null or grantee = 0 and system
      -- Who writes placements sends modules elsewhere. Reading them is nobody's secret.
      or access.schema in (select schema from shared) and privilege not in ('SELECT', 'USAGE')
    else acl_type <> 'l' end
  group by classid, objid, objsubid, acl_type, access.schema, access.owner, grantor, grantee, kind,
    scope.module, s.module, granted
) as unwanted cross join pg_identify_object(classid, objid, objsubid) as i`;

/** What the login role needs at home, and does not have. */
export const MISSING_PRIVILEGES = `
select 'missing-privilege', format('%I lacks %s on %s %s', login, privileges, i.type, i.identity), i.identity,
  format('GRANT %s ON %s %s TO %I', privileges, replace(word, 'READ ', ''), i.identity, login), array[module],
  false, null, null
from (
  select s.module, login, classid, objid, word, string_agg(privilege, ', ' order by ordinality) as privileges
  from scope s join (
    select classid, objid, schema, case acl_type when 'r' then 'TABLE' when 's' then 'SEQUENCE'
        when 'f' then 'ROUTINE' else 'TYPE' end as word
    from object where acl_type is not null and not extended
      and not (acl_type = 'r' and name ~ '^_') and not (acl_type = 'f' and coalesce(belongs ~ 'i', false))
    union all select 'pg_namespace'::regclass, schema, schema, 'SCHEMA' from scope
    union all select 'pg_namespace'::regclass, shared.schema, scope.schema, 'SCHEMA' from scope, shared
    union all select 'pg_class'::regclass, "table", scope.schema, 'READ TABLE' from scope, placement
    union all select 'pg_database'::regclass, d.oid, schema, 'DATABASE' from scope, pg_database d
    where datname = current_database()
  ) as o using (schema)
  cross join unnest(case word when 'TABLE' then array['SELECT', 'INSERT', 'UPDATE', 'DELETE']
    when 'READ TABLE' then array['SELECT']
    when 'SEQUENCE' then array['USAGE', 'SELECT'] when 'ROUTINE' then array['EXECUTE']
    when 'DATABASE' then array['CONNECT'] else array['USAGE'] end) with ordinality as p (privilege, ordinality)
  where login_id is not null and not exists (select from access a
    where (a.classid, a.objid, a.objsubid, a.grantee, a.privilege) = (o.classid, o.objid, 0, login_id, p.privilege))
  group by s.module, login, classid, objid, word
) as missing cross join pg_identify_object(classid, objid, 0) as i`;
