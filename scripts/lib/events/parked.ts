import sql, { empty, type Sql } from 'sql-template-tag';
import type { Query } from '#platform/events/lag';
import type { ModuleLogins, Pair } from './module-logins.js';

/** An event that was put aside. */
export interface ParkedEvent extends Pair {
  readonly position: number;
  readonly type: string;
  readonly subject: string;
  readonly reason: string;
  readonly error: string | null;
  /** Position of the event that it waits for. */
  readonly behind: number | null;
  readonly attempts: number;
  readonly parkedAt: Date;
  readonly wanted: string | null;
}

/** Which parked events are meant; all of them where nothing is said. */
export interface Selection {
  readonly module?: string | undefined;
  readonly feed?: string | undefined;
  readonly subject?: string | undefined;
  readonly position?: number | undefined;
}

type Row = Omit<ParkedEvent, keyof Pair>;

const COLUMNS = sql`parked.position::float8 as position, event->>'type' as type, parked.subject,
  reason, error, behind::float8 as behind, attempts, parked_at as "parkedAt", wanted`;

const chosen = (feed: string, { subject, position }: Selection) => sql`
  parked.feed = ${feed}
    ${subject === undefined ? empty : sql`and parked.subject = ${subject}`}
    ${position === undefined ? empty : sql`and parked.position = ${position}`}`;

/** The parked events that are meant, in the order of their feeds. */
export const listParked = (logins: ModuleLogins, selection: Selection) =>
  eachPair(logins, selection, (query, where) =>
    query<Row>(sql`select ${COLUMNS} from parked where ${where} order by parked.position`),
  );

/**
 * Asks for another try of the subjects that are meant, each from its first parked event on. The
 * running app does it, within seconds, and stops a subject at the next event that fails.
 *
 * @returns the events that are tried first
 */
export const retryParked = (logins: ModuleLogins, selection: Selection) =>
  eachPair(logins, selection, (query, where) =>
    query<Row>(sql`
      update parked set wanted = 'retry'
      from (
        select feed, min(position) as position from parked
        where (feed, subject) in (select feed, subject from parked where ${where})
        group by feed, subject
      ) as head
      where parked.feed = head.feed and parked.position = head.position
      returning ${COLUMNS}`),
  );

/** Drops the events that are meant, for good. Those behind them stay parked until retried. */
export const dropParked = (logins: ModuleLogins, selection: Selection) =>
  eachPair(logins, selection, async (query, where, feed) => {
    await query(sql`begin`);
    // That waits for a reader that is about to park another one behind those.
    await query(sql`select from cursor where feed = ${feed} for update`);
    const dropped = await query<Row>(sql`delete from parked where ${where} returning ${COLUMNS}`);
    await query(sql`commit`);
    return dropped;
  });

async function eachPair(
  logins: ModuleLogins,
  selection: Selection,
  work: (query: Query, where: Sql, feed: string) => Promise<Row[]>,
): Promise<ParkedEvent[]> {
  const found: ParkedEvent[] = [];
  for (const pair of logins.pairs(selection.module, selection.feed)) {
    const rows = await work(logins.query(pair.module), chosen(pair.feed, selection), pair.feed);
    found.push(...rows.map((row) => ({ ...pair, ...row })));
  }
  return found;
}
