/** Catalogs of named things in a schema, by the prefix of their columns. */
const NAMED = {
  pg_operator: 'opr',
  pg_opclass: 'opc',
  pg_opfamily: 'opf',
  pg_collation: 'coll',
  pg_conversion: 'con',
  pg_ts_config: 'cfg',
  pg_ts_dict: 'dict',
  pg_statistic_ext: 'stx',
};

/** Catalogs of parts, each with the relation that it is a part of. */
const PARTS = {
  pg_attrdef: 'adrelid',
  pg_policy: 'polrelid',
  pg_trigger: 'tgrelid',
  pg_rewrite: 'ev_class',
};

const CLASS = "'pg_class'::regclass::oid";
const itself = (catalog: string) => `'${catalog}'::regclass::oid as shown_class, oid as shown_id`;

const named = Object.entries(NAMED).map(
  ([catalog, prefix]) => `
  select '${catalog}'::regclass, oid, ${prefix}namespace, ${prefix}name, ${prefix}owner,
    null, null, ${itself(catalog)} from ${catalog}`,
);

/** A view's rule is shown as the view, and what makes up an operator family as the family. */
const parts = [
  ...Object.entries(PARTS).map(([catalog, relation]) => {
    const view = catalog === 'pg_rewrite' ? "rulename = '_RETURN'" : 'false';
    const kept = catalog === 'pg_trigger' ? ' where not tgisinternal' : '';
    return `
  select '${catalog}'::regclass, part.oid, relnamespace, null, null, null, null,
    case when ${view} then ${CLASS} else '${catalog}'::regclass end,
    case when ${view} then c.oid else part.oid end
  from ${catalog} part join pg_class c on c.oid = ${relation}${kept}`;
  }),
  ...['amop', 'amproc'].map(
    (name) => `
  select 'pg_${name}'::regclass, part.oid, opfnamespace, null, null, null, null,
    'pg_opfamily'::regclass, f.oid from pg_${name} part join pg_opfamily f on f.oid = ${name}family`,
  ),
  `
  select 'pg_constraint'::regclass, oid, connamespace, null, null, null, null,
    ${itself('pg_constraint')} from pg_constraint`,
  `
  select 'pg_cast'::regclass, part.oid, t.typnamespace, null, null, null, null,
    'pg_cast'::regclass, part.oid
  from pg_cast part join pg_type s on s.oid = castsource join pg_type g on g.oid = casttarget
    join pg_type t on t.oid = case when s.oid < 16384 then g.oid else s.oid end`,
];

/**
 * What all checks read, beside `wanted`: the modules, their login roles and their owner roles.
 *
 * From oid 16384 on, objects were made by somebody other than initdb. The letters of `acl_type` are
 * those of acldefault(); the types that belong to a table, an array or a range have none of their own.
 */
export const CATALOG = `
place as materialized (
  select oid, nspname, nspowner, nspacl,
    nspname in ('pg_catalog', 'information_schema') or nspname ~ '^pg_(toast|temp_|toast_temp_)' as system
  from pg_namespace),
scope as materialized (
  select wanted.*, l.oid as login_id, o.oid as owner_id, n.oid as schema, n.nspowner
  from wanted left join place n on n.nspname = module
    left join pg_roles l on l.rolname = login
    left join pg_roles o on case when owner is null then o.oid = n.nspowner else o.rolname = owner end),
-- The platform's own schema, of which modules read the table of placements.
shared as materialized (select oid as schema from place where nspname = 'platform'),
placement as materialized (
  select c.oid as table, schema from pg_class c join shared on schema = relnamespace
  where relname = 'placement' and relkind = 'r'),
subject as materialized (
  select module, login_id as role, 'login' as kind, schema from scope where login_id is not null
  union all select module, owner_id, 'owner', schema from scope where owner_id is not null),
everything (classid, objid, schema, name, owner, acl, acl_type, shown_class, shown_id) as (
  select ${CLASS}, oid, relnamespace, relname, relowner, relacl,
    case when relkind = 'S' then 's' when relkind in ('r', 'p', 'v', 'm', 'f') then 'r' end,
    ${itself('pg_class')} from pg_class
  union all
  select 'pg_proc'::regclass, oid, pronamespace, proname, proowner, proacl, 'f', ${itself('pg_proc')}
  from pg_proc
  union all
  select 'pg_type'::regclass, oid, typnamespace, typname, typowner, typacl,
    case when typcategory <> 'A' and typtype <> 'm' and (typrelid = 0
      or exists (select from pg_class where oid = typrelid and relkind = 'c')) then 'T' end,
    ${itself('pg_type')} from pg_type
  union all ${[...named, ...parts].join('\n  union all')}),
object as materialized (
  select e.*, module, belongs, coalesce(belongs ~ 'e', false) as extended
  from everything e join place on place.oid = e.schema and not system
    left join scope on scope.schema = e.schema
    -- What it is a part of, by the letters of pg_depend.
    left join (select classid, objid, string_agg(deptype::text, '') as belongs from pg_depend
      where objsubid = 0 and deptype in ('i', 'e', 'a') and classid <> 'pg_attrdef'::regclass
      group by 1, 2) as d using (classid, objid)
  where objid >= 16384),
-- Has an owner of its own; an extension is judged as a whole.
standing as materialized (
  select object.* from object left join pg_class c on classid = ${CLASS} and c.oid = objid
  where owner is not null and not extended and coalesce(relkind not in ('i', 'I'), true)
    and (belongs is null or belongs !~ 'i' and relkind is distinct from 'S'))`;

/** A role as a person writes it. */
export const roleName = (oid: string) =>
  `case ${oid} when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(${oid})) end`;

/** SQL's word for what pg_identify_object calls by another one. */
export const sqlKind = (type: string) =>
  `upper(case ${type} when 'statistics object' then 'statistics' when 'composite type' then 'type'
    when 'foreign-data wrapper' then 'foreign data wrapper' else ${type} end)`;
