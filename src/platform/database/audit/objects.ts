import { sqlKind } from './system-tables.js';

/** Whose things are, inside the modules' schemas and outside. */
export const OWNERS = `
select 'schema-owner', format('schema %I belongs to %I', module, pg_get_userbyid(nspowner)), quote_ident(module),
  format('ALTER SCHEMA %I OWNER TO %I', module, pg_get_userbyid(owner_id)), array[module], false, null, null
from scope where nspowner <> owner_id
union all
select 'object-owner', format('%s %s belongs to %I', type, identity, pg_get_userbyid(o.owner)), identity,
  format('ALTER %s %s OWNER TO %I', ${sqlKind('type')}, identity, pg_get_userbyid(owner_id)), array[o.module],
  true, null, null
from standing o join scope using (schema) cross join pg_identify_object(classid, objid, 0) i
where o.owner <> owner_id
union all
select 'owned-elsewhere', format('%I owns %s %s', pg_get_userbyid(role), type, identity), identity,
  case type when 'large object' then format('SELECT lo_unlink(%s)', identity)
    else format('ALTER %s %s OWNER TO CURRENT_USER', ${sqlKind('type')}, identity) end, array[s.module],
  kind = 'login', null, null
from pg_shdepend d join subject s on role = d.refobjid and d.refclassid = 'pg_authid'::regclass
  left join object o on o.classid = d.classid and o.objid = d.objid
  left join scope on scope.schema = coalesce(o.schema, case when d.classid = 'pg_namespace'::regclass then d.objid end)
  cross join pg_identify_object(d.classid, d.objid, 0) i
where d.deptype = 'o' and d.dbid in (0, (select oid from pg_database where datname = current_database()))
  and d.classid not in ('pg_default_acl'::regclass, 'pg_user_mapping'::regclass)
  -- In a module's schema the two above say it, unless the module logs in as its owner.
  and (scope.module is null or kind = 'login' and scope.owner_id = role)`;

export const SCHEMAS = `
select 'unknown-schema', format('schema %I, with %s objects, belongs to no module', nspname, count(objid)),
  quote_ident(nspname), format('DROP SCHEMA %I%s', nspname, case when count(objid) > 0 then ' CASCADE' end),
  '{}'::text[], false, 'schema', nspname::text
from place left join standing on standing.schema = place.oid
where not system and nspname not in ('public', 'platform') and place.oid not in (select schema from scope where schema is not null)
group by nspname
union all
select 'object-in-' || nspname, format('%s %s is in nobody''s schema', type, identity), identity,
  format('DROP %s %s', ${sqlKind('type')}, identity), '{}', false, 'schema', nspname::text
from standing join place on place.oid = schema and nspname in ('public', 'platform')
  cross join pg_identify_object(classid, objid, 0) i
where nspname = 'public' or type <> 'table' or standing.name not in ('placement', 'move')`;

/** Catalogs of things that are in no schema, and work across all of them. */
const SERVER_WIDE = {
  pg_event_trigger: 'true',
  pg_publication: 'true',
  pg_subscription: 'subdbid = (select oid from pg_database where datname = current_database())',
  pg_foreign_server: 'true',
  pg_foreign_data_wrapper: 'true',
  pg_extension: 'true',
  pg_language: 'true',
  pg_am: 'true',
  pg_transform: 'true',
  pg_cast:
    "not exists (select from object where classid = 'pg_cast'::regclass and objid = pg_cast.oid)",
};

export const OUTSIDERS = `
select replace(type, ' ', '-'), format('%s %s is in no schema', type, identity), identity,
  format('DROP %s %s%s', ${sqlKind('type')}, identity, case when type in ('server', 'foreign-data wrapper') then ' CASCADE' end),
  '{}'::text[], false, type, trim(identity, '"')
from (${Object.entries(SERVER_WIDE)
  .map(
    ([catalog, where]) =>
      `select '${catalog}'::regclass::oid as classid, oid as objid from ${catalog} where ${where}`,
  )
  .join('\n  union all ')}
) as o cross join pg_identify_object(classid, objid, 0) i
where objid >= 16384 and not exists (
  select from pg_depend d where d.classid = o.classid and d.objid = o.objid and deptype = 'e')
union all
select 'large-object', format('large object %s belongs to %I', oid, pg_get_userbyid(lomowner)), oid::text,
  format('SELECT lo_unlink(%s)', oid), '{}', false, null, null
from pg_largeobject_metadata where lomowner not in (select role from subject)
union all
select 'replication-slot', format('replication slot %I reads this database', slot_name), quote_ident(slot_name),
  format('SELECT pg_drop_replication_slot(%L)', slot_name), '{}', false, null, null
from pg_replication_slots where database = current_database()`;
