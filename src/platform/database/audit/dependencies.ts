import { sqlKind } from './system-tables.js';

/**
 * Whatever in one schema depends on something in another, one of them being a module's, of any kind:
 * Postgres writes each dependency down. Dependencies that follow from another one are left out:
 * a partition's index hangs on its parent's, a foreign key on the index of the table it refers to.
 */
export const DEPENDENCIES = `
select 'cross-schema-' || kind as rule,
  format('%s %s depends on %s', type, identity, refs) as what, identity as place,
  case
    when type = 'table constraint' then format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n[1], n[2], n[3])
    when type = 'domain constraint' then format('ALTER DOMAIN %s DROP CONSTRAINT %I', n[1], arg[1])
    when type = 'default value' then format('ALTER TABLE %I.%I ALTER COLUMN %I DROP %s', n[1], n[2], n[3],
      case kind when 'default' then 'DEFAULT' else 'EXPRESSION' end)
    when type = 'composite type column' then
      format('ALTER TYPE %I.%I ALTER ATTRIBUTE %I TYPE text', n[1], n[2], n[3])
    when type like '%column' then
      format('ALTER TABLE %I.%I ALTER COLUMN %I TYPE text USING %3$I::text', n[1], n[2], n[3])
    when kind = 'partition' then format('ALTER TABLE %s DETACH PARTITION %s', ref, identity)
    when kind = 'inheritance' then format('ALTER TABLE %s NO INHERIT %s', identity, ref)
    when kind = 'type' and type = 'table' then format('ALTER TABLE %s NOT OF', identity)
    else format('DROP %s %s', ${sqlKind('type')}, identity) end as repair,
  array_remove(array[from_module, to_module], null) as modules, from_module is not null as reach,
  'schema' as subject_kind, case when to_module is null then to_name end as subject
from (
  select i.type, i.identity, address.object_names as n, address.object_args as arg,
    from_module, to_module, to_name, min(r.identity) as ref,
    string_agg(distinct r.type || ' ' || r.identity, ', ' order by r.type || ' ' || r.identity) as refs,
    case
      when i.type = 'table constraint' then case k.contype when 'f' then 'foreign-key' when 'c' then 'check'
        else 'constraint' end
      when i.type = 'default value' then case when att.attgenerated = '' then 'default' else 'generated-column' end
      when parent is not null then case when own.relispartition then 'partition' else 'inheritance' end
      when i.type like '%column' then case min(r.type) when 'collation' then 'collation' else 'type' end
      when i.type in ('table', 'composite type') then 'type'
      else replace(i.type, ' ', '-') end as kind
  from (
    select case when k.oid is null then a.shown_class else 'pg_constraint'::regclass end as classid,
      coalesce(k.oid, a.shown_id) as objid, d.refclassid, d.refobjid,
      a.module as from_module, b.module as to_module, place.nspname as to_name,
      case when c.relkind in ('r', 'p', 'f', 'c') then d.objsubid else 0 end as objsubid,
      case when c.relkind in ('r', 'p', 'f') and d.refclassid = 'pg_class'::regclass then d.refobjid end as parent
    from pg_depend d
      join object a on a.classid = d.classid and a.objid = d.objid
      join object b on b.classid = d.refclassid and b.objid = d.refobjid
      join place on place.oid = b.schema
      left join pg_class c on d.classid = 'pg_class'::regclass and c.oid = d.objid
      left join pg_class target on d.refclassid = 'pg_class'::regclass and target.oid = d.refobjid
      left join pg_constraint k on c.relkind in ('i', 'I') and conindid = d.objid and contype <> 'f'
    where a.schema <> b.schema and coalesce(a.module, b.module) is not null
      -- A range type comes with functions.
      and not (d.classid = 'pg_proc'::regclass and coalesce(a.belongs ~ 'i', false))
      and d.deptype not in ('P', 'S') and coalesce(target.relkind not in ('i', 'I'), true)
  ) as crossing
  cross join pg_identify_object(classid, objid, objsubid) as i
  cross join pg_identify_object_as_address(classid, objid, objsubid) as address
  cross join pg_identify_object(refclassid, refobjid, 0) as r
  left join pg_constraint k on classid = 'pg_constraint'::regclass and k.oid = objid
  left join pg_attrdef ad on classid = 'pg_attrdef'::regclass and ad.oid = objid
  left join pg_attribute att on att.attrelid = adrelid and att.attnum = adnum
  left join pg_class own on classid = 'pg_class'::regclass and own.oid = objid
  group by i.type, i.identity, n, arg, from_module, to_module, to_name, parent, k.contype,
    att.attgenerated, own.relispartition
) as found`;
