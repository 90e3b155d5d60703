import { FENCE } from '../sides/sight.js';
import type { Side } from '../sides/side.js';

// Names that begin with "_" are the migration tools' own. Where a description qualifies names it
// does so on both sides, since no schema is on the sessions' path. Publications, fences and
// storage are left out: they may differ.
const QUERY = `
with tables as (
  select c.oid, relname, relkind from pg_class c
  where relnamespace = $1::regnamespace and relname !~ '^_')
select kind || ' ' || name as object, definition from (
  select 'table' as kind, relname::text as name,
    format('%s %s', relkind, pg_get_partkeydef(oid)) as definition
  from tables where relkind in ('r', 'p')
  union all
  select 'column', format('%s.%s', relname, attname),
    concat_ws(' ', format_type(atttypid, atttypmod), case when attnotnull then 'not null' end,
      'identity ' || nullif(attidentity::text, ''), 'generated ' || nullif(attgenerated::text, ''),
      'default ' || pg_get_expr(adbin, adrelid),
      'collation ' || case when attcollation <> typcollation then attcollation::regcollation::text end)
  from tables join pg_attribute on attrelid = tables.oid and attnum > 0 and not attisdropped
  join pg_type on pg_type.oid = atttypid
  left join pg_attrdef on adrelid = attrelid and adnum = attnum
  where relkind in ('r', 'p', 'c')
  union all
  -- 18 keeps NOT NULL among the constraints, older ones do not.
  select 'constraint', format('%s.%s', relname, conname), pg_get_constraintdef(k.oid)
  from tables join pg_constraint k on conrelid = tables.oid where contype <> 'n'
  union all
  select 'index', format('%s.%s', t.relname, indexrelid::regclass), pg_get_indexdef(indexrelid)
  from tables t join pg_index on indrelid = t.oid
  union all
  select 'partition', relname::text, pg_get_expr(c.relpartbound, c.oid)
  from tables join pg_class c using (oid, relname) where c.relispartition
  union all
  select 'trigger', format('%s.%s', relname, tgname), format('%s %s', tgenabled, pg_get_triggerdef(g.oid))
  from tables join pg_trigger g on tgrelid = tables.oid where not tgisinternal and tgname <> '${FENCE}'
  union all
  -- Versions word the same view differently; between two of them it is known by its columns.
  select 'view', relname::text, case when $2 then pg_get_viewdef(oid) else
    (select string_agg(format('%s %s', attname, format_type(atttypid, atttypmod)), ', ' order by attnum)
     from pg_attribute where attrelid = tables.oid and attnum > 0 and not attisdropped) end
  from tables where relkind in ('v', 'm')
  union all
  select 'sequence', relname::text,
    format('%s by %s from %s to %s%s', seqtypid::regtype, seqincrement, seqmin, seqmax,
      case when seqcycle then ', cycling' end)
  from tables join pg_sequence on seqrelid = tables.oid
  union all
  select 'type', typname::text, concat_ws(', ', typtype,
    format_type(nullif(typbasetype, 0), typtypmod), case when typnotnull then 'not null' end,
    'collation ' || nullif(typcollation, 0)::regcollation, 'default ' || pg_get_expr(typdefaultbin, 0),
    (select string_agg(enumlabel, ', ' order by enumsortorder) from pg_enum where enumtypid = t.oid),
    (select string_agg(pg_get_constraintdef(oid), ', ' order by conname) from pg_constraint
      where contypid = t.oid and contype = 'c'),
    (select concat_ws(' ', rngsubtype::regtype, opcname, nullif(rngcollation, 0)::regcollation, rngcanonical, rngsubdiff)
      from pg_range join pg_opclass o on o.oid = rngsubopc where rngtypid = t.oid))
  from pg_type t where typnamespace = $1::regnamespace
    and (typtype in ('e', 'd', 'r') or typrelid in (select oid from tables where relkind = 'c'))
  union all
  select 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid)
  from pg_proc p where pronamespace = $1::regnamespace and prokind <> 'a'
  union all
  select 'aggregate', aggfnoid::regprocedure::text, concat_ws(' ', aggkind, pg_get_function_result(aggfnoid),
    aggtranstype::regtype, agginitval, aggtransfn, aggfinalfn, aggcombinefn)
  from pg_aggregate join pg_proc p on p.oid = aggfnoid where pronamespace = $1::regnamespace
) as described order by 1`;

/** A difference between the catalogs of two sides, as a line. */
export type Difference = string;

/**
 * What is not the same in the two schemas: tables column by column, partitions, constraints, indexes,
 * triggers, views, sequences, types, functions, procedures and aggregates.
 */
export async function schemaDifferences(
  home: Side,
  away: Side,
  module: string,
): Promise<Difference[]> {
  const [{ version: ours }, { version: theirs }] = await Promise.all([
    home.nature(),
    away.nature(),
  ]);
  const describe = (side: Side) => describedIn(side, module, ours === theirs);
  const [here, there] = await Promise.all([describe(home), describe(away)]);
  return [...new Set([...here.keys(), ...there.keys()])].sort().flatMap((object) => {
    const [one, other] = [here.get(object), there.get(object)];
    if (one === other) return [];
    if (other === undefined) return [`${object} is missing on the other side`];
    if (one === undefined) return [`${object} is only on the other side`];
    return [`${object} is "${one}" at home and "${other}" on the other side`];
  });
}

async function describedIn(side: Side, module: string, sameVersion: boolean) {
  const values = [`"${module}"`, sameVersion];
  const rows = await side.rows<{ object: string; definition: string }>(QUERY, values);
  return new Map(rows.map(({ object, definition }) => [object, definition]));
}
