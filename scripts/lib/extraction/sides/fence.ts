import { setTimeout as pause } from 'node:timers/promises';
import { faultPoint } from '#platform/fault';
import { CliError, listed } from '../../cli.js';
import { codeOf } from '../../provision/connection.js';
import { literal, name as quoted } from '../../provision/statement.js';
import { FENCE, type TableSight } from './sight.js';
import { LOCK_NOT_AVAILABLE, type Side } from './side.js';

/** Writers of the table queue behind a lock that waits; so it gives up and lets them pass. */
const LOCK_TIMEOUT = 250;
const MINUTE = 60_000;

/**
 * Closes a side: puts the fence on its tables, each in a short transaction of its own, over several
 * sessions. Whoever writes to a table at that time is waited for; who comes later is refused.
 * Never all in one transaction: that deadlocks with the order in which writers take their tables.
 *
 * @param sessions as many as work at once
 * @param tables in the order in which to close them
 * @param epoch never opened before on this side, so that in no snapshot it is
 * @param deadline as of `performance.now()`
 * @throws {CliError} naming who holds a table, when the time is up
 */
export async function putFence(
  sessions: readonly Side[],
  module: string,
  tables: readonly TableSight[],
  epoch: number,
  deadline: number,
): Promise<void> {
  const queue = tables.values();
  const failures: unknown[] = [];
  await Promise.all(
    sessions.map(async (session) => {
      for (const table of queue) {
        if (failures.length > 0) return;
        await putOne(session, module, table.name, epoch, deadline).catch((error: unknown) =>
          failures.push(error),
        );
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
}

async function putOne(side: Side, module: string, table: string, epoch: number, deadline: number) {
  const object = `${quoted(module)}.${quoted(table)}`;
  // That the disk has it, the marker's commit sees to: it comes later in the same log.
  await locking(
    { side, object, deadline },
    `set local synchronous_commit = off;
     lock table only ${object} in share row exclusive mode;
     create or replace trigger ${FENCE} before insert or update or delete or truncate
       on ${object} for each statement execute function ${quoted(module)}.fence('${epoch}')`,
  );
  await faultPoint('move.table-closed');
}

interface Locked {
  readonly side: Side;
  /** The table that the statements lock, quoted and qualified. */
  readonly object: string;
  readonly deadline: number;
}

/** Runs statements that lock a table, in a transaction, as often as it takes. */
async function locking({ side, object, deadline }: Locked, statements: string): Promise<void> {
  for (;;) {
    const patience = Math.max(1, Math.min(LOCK_TIMEOUT, Math.round(deadline - performance.now())));
    try {
      await side.client.query(`begin; set local lock_timeout = ${patience}; ${statements}; commit`);
      return;
    } catch (error) {
      await side.client.query('rollback');
      if (codeOf(error) !== LOCK_NOT_AVAILABLE) throw error;
      if (performance.now() >= deadline) throw await held(side, object);
      await pause(20);
    }
  }
}

async function held(side: Side, object: string): Promise<CliError> {
  const holders = await side.rows<{ who: string }>(
    `select format('%s as "%s", pid %s, in a transaction for %s s: %s', nullif(application_name, ''),
       usename, a.pid, round(extract(epoch from clock_timestamp() - xact_start), 1), left(query, 60)) as who
     from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where relation = $1::regclass and granted and mode <> 'AccessShareLock' and a.pid <> pg_backend_pid()
       and l.database = (select oid from pg_database where datname = current_database())`,
    [object],
  );
  return new CliError(
    `The table ${object} was not free in time. Who holds it:${listed(holders.map(({ who }) => who)) || ' nobody any more'}`,
    'Let that end, or end it, and repeat the command; or give it more time with --max-pause.',
  );
}

/** The order in which to close tables: the busiest first, so that its writers wait the least. */
export async function busiestFirst(
  side: Side,
  module: string,
  tables: readonly TableSight[],
): Promise<TableSight[]> {
  const rows = await side.rows<{ name: string; writes: number }>(
    `select relname as name, (n_tup_ins + n_tup_upd + n_tup_del)::float8 as writes
     from pg_stat_user_tables where schemaname = $1`,
    [module],
  );
  const writes = new Map(rows.map(({ name, writes }) => [name, writes]));
  const of = ({ name }: TableSight) => writes.get(name) ?? 0;
  return [...tables].sort((one, other) => of(other) - of(one));
}

/**
 * Takes the fence off, and forgets when this side was opened: the last trace of a move here.
 *
 * @throws {CliError} naming who has held a table for a minute
 */
export async function removeFence(
  side: Side,
  module: string,
  tables: readonly TableSight[],
): Promise<void> {
  for (const { name, epoch } of tables) {
    if (epoch === null) continue;
    const object = `${quoted(module)}.${quoted(name)}`;
    const deadline = performance.now() + MINUTE;
    await locking({ side, object, deadline }, `drop trigger ${FENCE} on ${object}`);
  }
  await side.client.query(
    `delete from ${quoted(module)}.marker; delete from ${quoted(module)}.opened`,
  );
}

/** Where a sequence stands. */
export interface SequenceState {
  readonly name: string;
  readonly last: string;
  readonly called: boolean;
}

/** Where a side's sequences stand. Read behind the fence, nobody takes a value for a row any more. */
export async function readSequences(side: Side, module: string): Promise<SequenceState[]> {
  const found = await side.rows<{ name: string }>(
    `select relname as name from pg_class
     where relkind = 'S' and relnamespace = $1::regnamespace order by 1`,
    [quoted(module)],
  );
  if (found.length === 0) return [];
  const each = found.map(
    ({ name }, index) =>
      `select $${index + 1}::text as name, last_value::text as last, is_called as called
       from ${quoted(module)}.${quoted(name)}`,
  );
  return side.rows(
    each.join(' union all '),
    found.map(({ name }) => name),
  );
}

/**
 * Opens a closed side, its sequences set, in one transaction: the point from which there is only
 * forward. Done twice it does nothing, since values taken in between must not be given out again.
 */
export async function openSide(
  side: Side,
  module: string,
  epoch: number,
  sequences: readonly SequenceState[],
): Promise<void> {
  const values = sequences.map(
    ({ name, last, called }) =>
      `perform setval(${literal(`${quoted(module)}.${quoted(name)}`)}, ${last}, ${called});`,
  );
  await side.client.query(`
    do $open$ begin
      insert into ${quoted(module)}.opened (epoch) values (${epoch}) on conflict do nothing;
      if found then ${values.join(' ')} end if;
    end $open$`);
}
