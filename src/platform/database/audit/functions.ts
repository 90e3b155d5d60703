/** A module's functions whose bodies Postgres keeps as text, so that it knows no dependency of theirs. */
export const BODIES = `
body as materialized (
  select p.oid, module, scope.schema, i.type, i.identity,
    -- Strings stay, since dynamic SQL is in them; comments go.
    regexp_replace(prosrc, $re$('[^']*')|--[^\\n]*|/\\*([^*]|\\*+[^*/])*\\*+/$re$, '\\1 ', 'g') as code
  from pg_proc p join scope on scope.schema = pronamespace join pg_language l on l.oid = prolang
    cross join pg_identify_object('pg_proc'::regclass, p.oid, 0) i
  where prosqlbody is null and lanname not in ('c', 'internal'))`;

/**
 * An honest search for words, in three shapes: the qualified name of something that exists, a string
 * that is or ends in a schema's name where SQL is put together, and a search_path. A name that is
 * computed is not found; at run time the grants refuse it.
 */
export const OPAQUE_BODIES = `
select 'opaque-body', format('the body of %s %s names %s', type, identity, string_agg(distinct named, ', ')),
  identity, format('DROP %s %s', upper(type), identity),
  array[module] || array_remove(array_agg(distinct away), null), false, null, null
from (
  select body.*, o.module as away, format('%I.%I', part[2], part[3]) as named
  from body cross join regexp_matches(code,
      '(?:(\\m(?:from|join|into|update|table|only|call)\\s+|''|::\\s*)|^|[^\\w.])"?(\\w+)"?\\s*\\.\\s*"?(\\w+)"?\\s*([(%])?', 'gi') as m (part)
    join place on nspname in (part[2], lower(part[2])) and not system and place.oid <> body.schema
    join object o on o.schema = place.oid and o.name in (part[3], lower(part[3]))
  -- A table of the module's own may be called after the other schema: its columns are no reach.
  where part[1] <> '' or part[4] <> '' or not exists (
    select from object own where own.schema = body.schema and own.name = nspname)
  union all
  select body.*, scope.module, 'schema ' || quote_ident(nspname)
  from body cross join regexp_matches(code,
      '\\m(\\w+)"?\\.(?:''\\s*[,|]|"?%)|[(,]\\s*''(\\w+)''', 'g') as m (part)
    join place on nspname = coalesce(part[1], part[2]) and not system and place.oid <> body.schema
    left join scope on scope.schema = place.oid
  where code ~* case when part[1] is null then '%[is]|\\mset_config\\M' else '\\mexecute\\M' end
  union all
  select body.*, scope.module, 'search_path ' || quote_ident(nspname)
  from body cross join regexp_matches(code, '\\msearch_path"?\\s*(?:=|\\mto\\M)\\s*["'']?(\\w+)', 'gi') as m (part)
    join place on nspname = lower(part[1]) and not system and place.oid <> body.schema
    left join scope on scope.schema = place.oid
) as found group by module, type, identity`;

export const FUNCTION_RIGHTS = `
select rule, format('%s %s %s', i.type, i.identity, fact), i.identity, format(repair, upper(i.type), i.identity),
  array[module], reach, null, null
from (
  select p.oid, scope.module, v.*
  from pg_proc p join scope on scope.schema = pronamespace join pg_language l on l.oid = prolang
    join object o on o.classid = 'pg_proc'::regclass and o.objid = p.oid and not extended
    cross join lateral (
      select 'security-definer', 'runs with the rights of its owner ' || quote_ident(pg_get_userbyid(proowner)),
        'ALTER %s %s SECURITY INVOKER', true
      where prosecdef
      union all
      select 'untrusted-language', 'is written in ' || quote_ident(lanname), 'DROP %s %s', true
      -- What a range type brings is internal, and is Postgres' own.
      where not lanpltrusted and coalesce(belongs !~ 'i', true)
        and (lanname <> 'internal' or prosrc <> 'aggregate_dummy')
      union all
      select 'function-setting', 'sets ' || setting,
        'ALTER %s %s RESET ' || quote_ident(split_part(setting, '=', 1)), false
      from unnest(proconfig) as setting
      where setting ~ '^(role|session_authorization)=' or setting ~ '^search_path=' and exists (
        select from regexp_split_to_table(substr(setting, 13), '\\s*,\\s*') as path
        where trim(path, '"') not in ('', scope.module, 'pg_catalog', 'pg_temp', '$user'))
    ) as v (rule, fact, repair, reach)
) as p cross join pg_identify_object('pg_proc'::regclass, p.oid, 0) i`;
