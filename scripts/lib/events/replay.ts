import sql, { raw } from 'sql-template-tag';
import { PLATFORM_TABLES } from '#platform/database/platform-tables';
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
  /** The module's own tables that have rows: nobody knows which of them those events have made. */
  readonly keeps: readonly string[];
}

/** ISO 8601, since JavaScript finds a time in nearly any text. */
const TIME = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?$/;

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
  return { module, feed, from, to, events, parked, keeps: await tablesWithRows(logins, module) };
}

/**
 * Holds a plan against what whoever asked for it has said.
 *
 * @throws {CliError} when rows stay, and that was not said: then what adds up is added up twice
 */
export function refuseDoubling({ module, events, keeps }: Replay, keepRows: boolean): void {
  if (keepRows || keeps.length === 0) return;
  throw new CliError(
    `"${module}" has rows in ${quoted(keeps)}. Where its handlers add up, ${events} events would count twice.`,
    'Delete first what these events have made, or say --keep-rows when hearing them again changes nothing. See docs/events.md#replaying',
  );
}

/** The names in a list, each in quotes. */
export const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');

async function tablesWithRows(logins: ModuleLogins, module: string): Promise<string[]> {
  const query = logins.query(module);
  // Those whose names begin with "_" are the migrations' own.
  const tables = await query<{ name: string; reference: string }>(sql`
    select relname as name, oid::regclass::text as reference from pg_class
    where relnamespace = ${module}::regnamespace and relkind = 'r'
      and relname !~ '^_' and relname <> all(${PLATFORM_TABLES}::text[])
    order by relname`);
  const filled: string[] = [];
  for (const { name, reference } of tables) {
    const [row] = await query(raw(`select from ${reference} limit 1`));
    if (row) filled.push(name);
  }
  return filled;
}

async function positionBefore(logins: ModuleLogins, feed: string, start: string): Promise<number> {
  if (start === 'beginning') return 0;
  if (/^\d{1,15}$/.test(start)) return Math.max(0, Number(start) - 1);
  const time = new Date(start);
  if (!TIME.test(start) || Number.isNaN(time.getTime())) {
    throw new CliError(
      `"${start}" is neither "beginning" nor a position nor a time.`,
      'Write a time as in 2026-01-31T12:00:00Z.',
      2,
    );
  }
  const [row] = await logins.query(feed)<{ before: number | null }>(
    sql`select min(position)::float8 - 1 as before from feed where feed_is_open() and time >= ${time}`,
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
