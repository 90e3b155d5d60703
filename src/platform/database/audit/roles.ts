/** What a project's role is, may and belongs to. */
export const ATTRIBUTES = `
select 'role-attribute', format('%I is %s: %s', rolname, word, meaning), quote_ident(rolname),
  format('ALTER ROLE %I %s', rolname, remedy), array[module], kind = 'login' and not harmless, null, null
from subject join pg_roles r on r.oid = role cross join lateral (values
  (rolsuper, 'SUPERUSER', 'it reaches everything', 'NOSUPERUSER', false),
  (rolcreaterole, 'CREATEROLE', 'it makes itself other roles', 'NOCREATEROLE', false),
  (rolcreatedb, 'CREATEDB', 'it makes databases of its own', 'NOCREATEDB', false),
  (rolbypassrls, 'BYPASSRLS', 'no row policy holds for it', 'NOBYPASSRLS', false),
  (rolreplication, 'REPLICATION', 'it reads every change of the server', 'NOREPLICATION', false),
  (rolinherit, 'INHERIT', 'it has the rights of every role that it is made a member of', 'NOINHERIT', true),
  (not rolcanlogin, 'NOLOGIN', 'its module cannot connect', 'LOGIN', true)
) as v (found, word, meaning, remedy, harmless) where found`;

/** From 16 on a membership is per grantor, and a role's maker is an ADMIN member that the server made. */
export const MEMBERSHIPS = `
select 'role-membership', format('%I is a member of %I', member_name, role_name),
  format('%I in %I', member_name, role_name),
  format('REVOKE %I FROM %I%s CASCADE', role_name, member_name, ' GRANTED BY ' || quote_ident(granted_by)),
  array(select distinct module from subject where role in (member, roleid) order by 1),
  exists (select from subject where role = member and kind = 'login'),
  case when own then 'creator' when exists (select from subject where role = member) then null else 'role' end,
  member_name
from (
  select m.*, pg_get_userbyid(member) as member_name, pg_get_userbyid(roleid) as role_name,
    case when to_jsonb(m) ? 'set_option' then pg_get_userbyid(grantor) end as granted_by,
    grantor = 10 and admin_option and to_jsonb(m) @> '{"set_option": false, "inherit_option": false}'
      and not exists (select from subject where role = member) as own
  from pg_auth_members m
) as m where exists (select from subject where role in (member, roleid))`;

export const LIMITS = `
wish as materialized (
  select r.oid, rolname, w.*, module
  from given cross join jsonb_to_recordset(given.roles) as w (name name, "connectionLimit" int, settings jsonb)
    join pg_roles r on rolname = name join subject on role = r.oid),
setting as materialized (
  select setrole, setdatabase, split_part(entry, '=', 1) as key,
    replace(substr(entry, strpos(entry, '=') + 1), '"', '') as value
  from pg_db_role_setting cross join unnest(setconfig) as entry
  where setdatabase in (0, (select oid from pg_database where datname = current_database())))`;

export const ROLE_LIMITS = `
select 'role-limit', format('%I may hold %s connections, not %s', rolname,
    case rolconnlimit when -1 then 'any number of' else rolconnlimit::text end, "connectionLimit"),
  quote_ident(rolname), format('ALTER ROLE %I CONNECTION LIMIT %s', rolname, "connectionLimit"), array[module],
  false, null, null
from wish join pg_roles using (oid, rolname) where rolconnlimit <> "connectionLimit"
union all
select 'role-expiry', format('the password of %I ends on %s', rolname, rolvaliduntil), quote_ident(rolname),
  format('ALTER ROLE %I VALID UNTIL ''infinity''', rolname), array[module], false, null, null
from subject join pg_roles r on r.oid = role where rolvaliduntil < 'infinity'`;

export const SETTINGS = `
select 'role-setting', format('%I has %s, not %s', rolname, coalesce(format('%s = %L', key, found), 'no ' || key), wanted),
  quote_ident(rolname), format('ALTER ROLE %I SET %I = %L', rolname, key, wanted), array[module], false, null, null
from (
  select wish.*, w.key, w.value as wanted, s.value as found
  from wish cross join jsonb_each_text(settings) w
    left join setting s on setrole = wish.oid and setdatabase = 0 and s.key = w.key
) as w where found is distinct from wanted
union all
select 'role-setting', format('%I has %s = %L%s, which nothing asks for', rolname, key, value,
    case when setdatabase <> 0 then ' in this database' end), quote_ident(rolname),
  format('ALTER ROLE %I%s RESET %I', rolname,
    case when setdatabase <> 0 then format(' IN DATABASE %I', current_database()) end, key), array[module], false, null, null
from wish join setting on setrole = wish.oid where setdatabase <> 0 or not settings ? key
union all
select 'database-setting', format('%s has %s = %L', whose, key, value), quote_ident(current_database()),
  format('ALTER %s RESET %I', whose, key), '{}', false, null, null
from setting cross join lateral (select case when setdatabase = 0 then 'ROLE ALL'
  else format('DATABASE %I', current_database()) end as whose) as w
where setrole = 0 and key in (select jsonb_object_keys(settings) from wish)`;

/** A role that carries another database's mark is another project's. */
export const KNOWN_ROLES = `
select 'unknown-role', format('%I looks like a role of this project, and belongs to no module', rolname),
  quote_ident(rolname), format('DROP OWNED BY %I; DROP ROLE %1$I', rolname), '{}'::text[], false, 'role', rolname
from (
  select *, substring(shobj_description(oid, 'pg_authid') from '"database":("([^"\\\\]|\\\\.)*")') as mark from pg_roles
) as r
where oid not in (select role from subject)
  and (mark = to_json(current_database())::text or mark is null and starts_with(rolname, (select project from given) || '_'))
union all
select 'missing-role', format('the role %I is missing', role), quote_ident(role), 'npm run db:provision', array[module],
  false, null, null
from scope cross join lateral (values (login, login_id), (owner, owner_id)) as v (role, id)
where id is null and role is not null
union all
select 'missing-schema', format('the schema %I is missing', module), quote_ident(module), 'npm run db:provision',
  array[module], false, null, null from scope where schema is null`;
