import sql from 'sql-template-tag';
import { behind } from '#platform/events/lag';
import { CliError } from '../cli.js';
import type { ModuleLogins, Pair } from './module-logins.js';

/** What a replay would do. */
export interface Replay extends Pair {
  /** Where the cursor stands. */
  readonly from: number;
  /** Where it is to stand. */
  readonly to: number;
  /** Events that will be heard again. */
  readonly events: number;
  /** Parked events among them, which are no longer parked then. */
  readonly parked: number;
}

/**
 * Plans to hear a feed again.
 *
 * @param start "beginning", the position of the first event to hear again, or a time in ISO 8601
 * @throws {CliError} when there is nothing to hear again
 */
export async function planReplay(
  logins: ModuleLogins,
  { module, feed }: Pair,
  start: string,
): Promise<Replay> {
  logins.pairs(module, feed);
  const to = await positionBefore(logins, feed, start);
  const [cursor] = await logins.query(module)<{ from: number; parked: number }>(sql`
    select coalesce(max(position), 0)::float8 as from,
      (select count(*) from parked where feed = ${feed} and position > ${to})::int as parked
    from cursor where feed = ${feed}`);
  const { from, parked } = cursor as { from: number; parked: number };
  if (to >= from) {
    throw new CliError(
      `"${module}" has read the feed of "${feed}" up to ${from}, and heard nothing from there on.`,
      'Choose an earlier position or time; npm run events:lag shows what is still to be read.',
    );
  }
  const publisher = logins.query(feed);
  const events = (await behind(publisher, to)).events - (await behind(publisher, from)).events;
  return { module, feed, from, to, events, parked };
}

async function positionBefore(logins: ModuleLogins, feed: string, start: string): Promise<number> {
  if (start === 'beginning') return 0;
  if (/^\d{1,15}$/.test(start)) return Math.max(0, Number(start) - 1);
  const time = new Date(start);
  if (Number.isNaN(time.getTime())) {
    throw new CliError(
      `"${start}" is neither "beginning" nor a position nor a time.`,
      'Write a time as in 2026-01-31T12:00:00Z.',
    );
  }
  const [row] = await logins.query(feed)<{ before: number | null }>(
    sql`select min(position)::float8 - 1 as before from feed where time >= ${time}`,
  );
  return row?.before ?? Number.MAX_SAFE_INTEGER;
}

/** Moves the cursor back; whoever reads notices, and hears the events again. */
export async function applyReplay(logins: ModuleLogins, replay: Replay): Promise<void> {
  const { module, feed, to } = replay;
  const query = logins.query(module);
  // The cursor first: that waits for a reader that is about to park an event.
  await query(sql`begin`);
  await query(sql`
    update cursor set position = ${to}, current_at = null
    where feed = ${feed} and position > ${to}`);
  await query(sql`delete from parked where feed = ${feed} and position > ${to}`);
  await query(sql`commit`);
}
