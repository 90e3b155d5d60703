import { roleName } from './system-tables.js';

const WORDS = `case defaclobjtype when 'r' then 'TABLES' when 'S' then 'SEQUENCES' when 'f' then 'FUNCTIONS'
  when 'T' then 'TYPES' when 'n' then 'SCHEMAS' else 'LARGE OBJECTS' end`;

/** What a login role gets on each new object in its schema; provisioning grants the same. */
export const DEFAULTS = `
wanted_default (module, owner_id, schema, login_id, letter, privilege) as (
  select module, owner_id, schema, login_id, letter::"char", privilege
  from scope cross join (values ('r', 'SELECT'), ('r', 'INSERT'), ('r', 'UPDATE'), ('r', 'DELETE'),
    ('S', 'USAGE'), ('S', 'SELECT'), ('f', 'EXECUTE'), ('T', 'USAGE')) as v (letter, privilege)
  where schema is not null and owner_id is not null and login_id is not null),
-- Where an owner role has no entry, Postgres' own default holds, which lets PUBLIC in.
default_access as (
  select defaclrole as maker, nullif(defaclnamespace, 0) as schema, defaclobjtype, a.*
  from pg_default_acl cross join aclexplode(defaclacl) a
  union all
  select owner_id, null, letter, a.*
  from scope cross join (values ('f'::"char"), ('T')) as v (letter)
    cross join aclexplode(acldefault(letter, owner_id)) a
  where owner_id is not null and not exists (select from pg_default_acl
    where defaclrole = owner_id and defaclnamespace = 0 and defaclobjtype = letter))`;

const alter = (maker: string, schema: string) =>
  `format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s ', pg_get_userbyid(${maker}), ' IN SCHEMA ' || quote_ident(${schema}))`;

export const DEFAULT_PRIVILEGES = `
select 'default-privilege',
  format('%s will have %s%s on new %s of %I%s', ${roleName('grantee')}, privileges,
    case when granted then ' with grant option' end, lower(word), pg_get_userbyid(maker), ' in schema ' || quote_ident(nspname)),
  coalesce(quote_ident(nspname), 'every schema'),
  ${alter('maker', 'nspname')} || format('REVOKE %s%s ON %s FROM %s', case when granted then 'GRANT OPTION FOR ' end, privileges, word, ${roleName('grantee')}),
  modules, false, 'role', ${roleName('grantee')}
from (
  select maker, nspname, grantee, granted, ${WORDS} as word,
    string_agg(distinct privilege_type, ', ' order by privilege_type) as privileges,
    array_remove(array_agg(distinct coalesce(scope.module, by.module, s.module)), null) as modules
  from default_access a left join place on place.oid = a.schema
    left join scope on scope.schema = a.schema
    left join subject by on by.role = maker and by.kind = 'owner'
    left join subject s on s.role = grantee
    cross join lateral (select exists (select from wanted_default w
      where (w.owner_id, w.schema, w.login_id, w.letter, w.privilege)
        = (maker, a.schema, grantee, defaclobjtype, privilege_type))) as w (granted)
  where grantee <> maker
    and coalesce(scope.module, by.module, s.module, case grantee when 0 then 'all' end) is not null
    and not coalesce(system, false)
    and (is_grantable or not granted)
    -- Others than the owner roles keep what Postgres itself gives PUBLIC.
    and not (grantee = 0 and by.module is null and a.schema is null and defaclobjtype in ('f', 'T'))
    and not (grantee = 0 and by.module is null and scope.module is null and a.schema is not null)
  group by maker, nspname, grantee, granted, defaclobjtype
) as unwanted`;

export const MISSING_DEFAULTS = `
select 'missing-default-privilege',
  format('%I will lack %s on new %s in schema %I', pg_get_userbyid(login_id), privileges, lower(word), module),
  quote_ident(module),
  ${alter('owner_id', 'module')} || format('GRANT %s ON %s TO %I', privileges, word, pg_get_userbyid(login_id)),
  array[module], false, null, null
from (
  select module, owner_id, login_id, ${WORDS} as word, string_agg(privilege, ', ' order by privilege) as privileges
  from (select w.*, letter as defaclobjtype from wanted_default w
    where not exists (select from default_access a
      where (a.maker, a.schema, a.grantee, a.defaclobjtype, a.privilege_type)
        = (owner_id, w.schema, login_id, letter, privilege))) as w
  group by module, owner_id, login_id, defaclobjtype
) as missing`;
