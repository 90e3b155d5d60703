import { CliError, listed } from '../../cli.js';
import { UNMOVED } from '../sides/sight.js';
import type { Side } from '../sides/side.js';

/** A table of the module, and what a copy by logical replication depends on. */
export interface TableFacts {
  readonly name: string;
  /** As pg_class has it: r table, p partitioned, f foreign. */
  readonly kind: string;
  readonly owner: string;
  readonly unlogged: boolean;
  /** Whether updates and deletes can be told to the other side by a key. */
  readonly keyed: boolean;
  readonly rowSecurity: boolean;
  /** A child by inheritance, not a partition. */
  readonly inherits: boolean;
  /** Triggers that fire, or would fire, where rows arrive by replication. */
  readonly alwaysTriggers: readonly string[];
  readonly rules: readonly string[];
  /** Columns that name large objects. */
  readonly largeObjects: readonly string[];
  /** Roles, other than the module's two, that may write. */
  readonly writers: readonly string[];
  /** Subscriptions of somebody else that fill it. */
  readonly subscriptions: readonly string[];
  /** Bytes, indexes included, and rows as last estimated. */
  readonly bytes: number;
  readonly estimate: number;
  /** Bytes of the rows alone. */
  readonly heapBytes: number;
}

/** The server's means of replication. */
export interface ServerMeans {
  readonly version: number;
  readonly walLevel: string;
  readonly freeSlots: number;
  readonly freeSenders: number;
  readonly freeWorkers: number;
  /** Of all background processes, the replication workers among them. */
  readonly freeProcesses: number;
  /** Where a subscriber keeps how far it has come. */
  readonly freeOrigins: number;
  readonly encoding: string;
  readonly admin: string;
  readonly superuser: boolean;
  readonly replication: boolean;
  readonly mayCreateSubscriptions: boolean;
  /** Whether the admin sees what sessions of others do. */
  readonly readsStatistics: boolean;
  readonly walKeepLimit: string;
  readonly extensions: readonly string[];
}

/** What stands in the way at home, or may. */
export interface HomeFacts extends ServerMeans {
  readonly tables: readonly TableFacts[];
  /** Whether the admin is, or can make itself, a member of the owner role. */
  readonly mayJoinOwner: boolean;
  readonly mayPublish: boolean;
  /** Extensions whose types, functions or operators the module's objects use. */
  readonly usedExtensions: readonly string[];
  readonly materialized: readonly string[];
  readonly prepared: readonly string[];
  /** Transactions that have been writing for more than five seconds. */
  readonly longTransactions: readonly string[];
}

/** The other server, as far as it can be looked at before anything is made there. */
export interface TargetFacts extends ServerMeans {
  /** Bytes, where that can be seen from here. */
  readonly freeDisk: number | undefined;
  readonly sameServer: boolean;
  readonly sameDatabase: boolean;
  /** Relations, routines and types in a schema of the module's name there that no move of ours has made. */
  readonly strangers: number;
}

// What is not counted by max_worker_processes. Workers of a parallel query end with it.
const NO_WORKERS = [
  ...['client backend', 'parallel worker', 'autovacuum launcher', 'autovacuum worker', 'walsender'],
  ...['walreceiver', 'walwriter', 'walsummarizer', 'slotsync worker', 'background writer'],
  ...['checkpointer', 'startup', 'archiver', 'logger', 'io worker'],
]
  .map((type) => `'${type}'`)
  .join(', ');

const MEANS = `
  'version', current_setting('server_version_num')::int / 10000,
  'walLevel', current_setting('wal_level'),
  'freeSlots', current_setting('max_replication_slots')::int - (select count(*) from pg_replication_slots),
  'freeSenders', current_setting('max_wal_senders')::int - (select count(*) from pg_stat_replication),
  'freeWorkers', current_setting('max_logical_replication_workers')::int
    - (select count(*) from pg_stat_subscription where pid is not null),
  'freeProcesses', current_setting('max_worker_processes')::int
    - (select count(*) from pg_stat_activity where backend_type <> all (array[${NO_WORKERS}])),
  'freeOrigins', coalesce(current_setting('max_active_replication_origins', true), current_setting('max_replication_slots'))::int
    - (select count(*) from pg_replication_origin),
  'encoding', (select pg_encoding_to_char(encoding) from pg_database where datname = current_database()),
  'admin', current_user,
  'superuser', (select rolsuper from pg_roles where rolname = current_user),
  'replication', (select rolreplication or rolsuper from pg_roles where rolname = current_user),
  'mayCreateSubscriptions', (select coalesce(bool_or(pg_has_role(oid, 'USAGE')), false)
    from pg_roles where rolname = 'pg_create_subscription'),
  'readsStatistics', pg_has_role('pg_read_all_stats', 'USAGE'),
  'walKeepLimit', current_setting('max_slot_wal_keep_size'),
  'extensions', (select json_agg(extname) from pg_extension)`;

// Large objects are named by an oid, an array of them, or a domain over them, such as "lo" of the extension.
const TABLES = `
  with recursive oids as (
    select 'oid'::regtype::oid as type
    union select pg_type.oid from pg_type join oids on type in (typelem, typbasetype))
  select relname as name, relkind as kind, pg_get_userbyid(relowner) as owner,
    relpersistence = 'u' as unlogged, relrowsecurity as "rowSecurity",
    relkind <> 'r' or exists (select from pg_index where indrelid = c.oid and indimmediate
      and case relreplident when 'd' then indisprimary when 'i' then indisreplident else false end) as keyed,
    not relispartition and exists (select from pg_inherits where inhrelid = c.oid) as inherits,
    array(select tgname::text from pg_trigger where tgrelid = c.oid and tgenabled in ('A', 'R')) as "alwaysTriggers",
    array(select rulename::text from pg_rewrite where ev_class = c.oid) as rules,
    array(select attname::text from pg_attribute where attrelid = c.oid and attnum > 0
      and not attisdropped and atttypid in (table oids) order by attnum) as "largeObjects",
    array(select distinct coalesce(r.rolname::text, 'PUBLIC') from aclexplode(relacl) a left join pg_roles r on r.oid = grantee
      where privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE') and coalesce(r.rolname, '') <> all($3)) as writers,
    array(select subname::text from pg_subscription_rel join pg_subscription s on s.oid = srsubid
      where srrelid = c.oid and subname <> all($4)) as subscriptions,
    case relkind when 'r' then pg_total_relation_size(c.oid)::float8 else 0 end as bytes,
    greatest(reltuples, pg_stat_get_live_tuples(c.oid), 0)::float8 as estimate,
    case relkind when 'r' then pg_table_size(c.oid)::float8 else 0 end as "heapBytes"
  from pg_class c
  where relnamespace = $1::regnamespace and relkind in ('r', 'p', 'f') and relname <> all($2)
  order by 1`;

const HOME = `
select json_build_object(${MEANS},
  'mayJoinOwner', (select coalesce(bool_or(pg_has_role(nspowner, 'MEMBER WITH ADMIN OPTION')), false)
    from pg_namespace where oid = $1::regnamespace),
  'mayPublish', has_database_privilege(current_database(), 'CREATE'),
  'tables', (select coalesce(json_agg(t), '[]') from (${TABLES}) as t),
  'usedExtensions', (select coalesce(json_agg(distinct extname), '[]')
    from pg_depend d
    join pg_depend e on e.deptype = 'e' and (e.classid, e.objid) = (d.refclassid, d.refobjid)
    join pg_extension x on x.oid = e.refobjid
    left join pg_attrdef a on d.classid = 'pg_attrdef'::regclass and a.oid = d.objid
    join pg_class c on c.oid = coalesce(a.adrelid, case when d.classid = 'pg_class'::regclass then d.objid end)
    where relnamespace = $1::regnamespace),
  'materialized', (select coalesce(json_agg(relname), '[]') from pg_class
    where relnamespace = $1::regnamespace and relkind = 'm'),
  'prepared', (select coalesce(json_agg(format('"%s" in "%s"', gid, database)), '[]') from pg_prepared_xacts),
  'longTransactions', (select coalesce(json_agg(line), '[]') from (
    select distinct format('pid %s in "%s", for %s s: %s', a.pid, a.datname,
      round(extract(epoch from clock_timestamp() - xact_start)), left(query, 60)) as line
    from pg_stat_activity a
    where a.pid <> pg_backend_pid() and backend_xid is not null
      and clock_timestamp() - xact_start > interval '5 s') as t)
) as facts`;

const CHANGING = `
  select distinct format('pid %s as "%s", for %s s: %s', a.pid, usename,
    round(extract(epoch from clock_timestamp() - xact_start)), left(query, 60)) as line
  from pg_locks l join pg_class c on c.oid = relation join pg_namespace n on n.oid = relnamespace
  join pg_stat_activity a on a.pid = l.pid
  where l.database = (select oid from pg_database where datname = current_database())
    and nspname = $1 and mode = 'AccessExclusiveLock' and granted and a.pid <> pg_backend_pid()`;

/**
 * @param roles the module's two
 * @param streams the names of the move's own subscriptions
 * @throws {CliError} while somebody changes the schema, so that it cannot be looked at
 */
export async function readHomeFacts(
  side: Side,
  module: string,
  roles: readonly string[],
  streams: readonly string[],
): Promise<HomeFacts> {
  const changing = await side.rows<{ line: string }>(CHANGING, [module]);
  if (changing.length > 0) {
    throw new CliError(
      `The schema "${module}" is being changed:${listed(changing.map(({ line }) => line))}`,
      'Let that end, and repeat the command.',
      2,
    );
  }
  const values = [`"${module}"`, UNMOVED, roles, streams];
  return (await side.row<{ facts: HomeFacts }>(HOME, values)).facts;
}

export const readMeans = async (side: Side): Promise<ServerMeans> =>
  (await side.row<{ facts: ServerMeans }>(`select json_build_object(${MEANS}) as facts`)).facts;
