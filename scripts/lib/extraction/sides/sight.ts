import { name as quoted } from '../../provision/statement.js';
import type { Side } from './side.js';

/** The fence's trigger, on every table whose rows move. */
export const FENCE = 'zz_fence';

/** Tables of a module's schema that stay where they are: what each side remembers of itself. */
export const UNMOVED = ['opened', '_prisma_migrations', '_platform_migrations'];

/** A table whose rows move. */
export interface TableSight {
  readonly name: string;
  /** Whether it holds rows itself; a partitioned table does not. */
  readonly holdsRows: boolean;
  /** The epoch at which its fence opens, null without a fence. */
  readonly epoch: number | null;
}

export interface SlotSight {
  readonly active: boolean;
  /** Bytes of WAL that the subscriber has not confirmed. */
  readonly lag: number;
  /** `lost` when the server has thrown away WAL that the subscriber still needs. */
  readonly walStatus: string | null;
}

/** Whether a slot is there, and has what its subscriber still needs. */
export const isUsable = (slot: SlotSight | undefined): slot is SlotSight =>
  slot !== undefined && slot.walStatus !== 'lost';

export interface SubscriptionSight {
  readonly oid: number;
  readonly enabled: boolean;
  /** Whether its connection leads through a mover. */
  readonly detour: boolean;
  /** Tables whose rows are still being copied. */
  readonly copying: readonly string[];
  /** Times that applying or copying has failed. */
  readonly errors: number;
}

/** What the catalogs of one side say of a move. Of a stream there may be either end. */
export interface SideSight {
  readonly schema: boolean;
  readonly tables: readonly TableSight[];
  /** Epochs at which this side may be written. */
  readonly opened: readonly number[];
  readonly publications: readonly string[];
  readonly slots: Readonly<Record<string, SlotSight>>;
  readonly subscriptions: Readonly<Record<string, SubscriptionSight>>;
}

export const NOTHING: SideSight = {
  schema: false,
  tables: [],
  opened: [],
  publications: [],
  slots: {},
  subscriptions: {},
};

// A trigger's arguments end with a zero byte each, which no text may hold.
const QUERY = `
select json_build_object(
  'schema', exists (select from pg_namespace where nspname = $1),
  'tables', (
    select coalesce(json_agg(json_build_object('name', relname, 'holdsRows', relkind = 'r', 'epoch', (
      select split_part(encode(tgargs, 'escape'), '\\000', 1)::bigint from pg_trigger
      where tgrelid = c.oid and tgname = '${FENCE}')) order by relname), '[]')
    from pg_class c join pg_namespace n on n.oid = relnamespace
    where nspname = $1 and relkind in ('r', 'p') and relname <> all($3) and relname <> 'marker'),
  'publications', (
    select coalesce(json_agg(pubname), '[]') from pg_publication where pubname = any($2)),
  'slots', (
    select coalesce(json_object_agg(slot_name, json_build_object('active', active,
      'walStatus', wal_status, 'lag', pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn))), '{}')
    from pg_replication_slots where slot_name = any($2) and database = current_database()),
  'subscriptions', (
    select coalesce(json_object_agg(subname, json_build_object('oid', s.oid, 'enabled', subenabled,
      'detour', obj_description(s.oid, 'pg_subscription') is not null,
      'errors', (select coalesce(sum(apply_error_count + sync_error_count), 0)
        from pg_stat_subscription_stats where subid = s.oid),
      'copying', (select coalesce(json_agg(relname), '[]') from pg_subscription_rel
        join pg_class on pg_class.oid = srrelid where srsubid = s.oid and srsubstate <> 'r'))), '{}')
    from pg_subscription s
    where subname = any($2) and subdbid = (select oid from pg_database where datname = current_database()))
) as sight`;

/** @param streams the names of the move's two streams */
export async function lookAt(
  side: Side,
  module: string,
  streams: readonly string[],
): Promise<SideSight> {
  const { sight } = await side.row<{ sight: Omit<SideSight, 'opened'> }>(QUERY, [
    module,
    streams,
    UNMOVED,
  ]);
  return { ...sight, opened: sight.schema ? await openedAt(side, module) : [] };
}

async function openedAt(side: Side, module: string): Promise<number[]> {
  // An admin who is no superuser may look only while a move lasts; nothing was opened before.
  const [readable] = await side.rows(
    `select from pg_class c join pg_namespace n on n.oid = relnamespace
     where nspname = $1 and relname = 'opened' and has_schema_privilege(n.oid, 'usage')
       and has_table_privilege(c.oid, 'select')`,
    [module],
  );
  if (!readable) return [];
  const rows = await side.rows<{ epoch: string }>(`select epoch from ${quoted(module)}.opened`);
  return rows.map(({ epoch }) => Number(epoch));
}
