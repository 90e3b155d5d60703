import sql, { type Sql } from 'sql-template-tag';
import type { ModuleDatabase, PrismaLike, Transaction } from '../database/module-database.js';
import type { Envelope } from './event.js';

/** Seconds for which a process holds a cursor without renewing. */
const HOLD = 4;

type Tx = Transaction<PrismaLike>;

/** Where a cursor stands, and whether something is parked that somebody wants tried again. */
export interface Held {
  readonly position: number;
  readonly wanted: boolean;
}

/** Behind this position there was nothing, so many milliseconds ago. */
export interface FeedEnd {
  readonly position: number;
  readonly ago: number;
}

/**
 * Gives as `upTo` the time until which all that these feeds published has taken effect in the module
 * that asks, by its own tables; null when one of them was never heard.
 */
export const currentUpTo = (feeds: readonly string[]): Sql => sql`
  select case when count(current_at) = ${feeds.length} then min(current_at) end as "upTo"
  from cursor where feed = any(${feeds}::text[])`;

/** Why an event is put aside. */
export type Reason = 'failed' | 'bad payload' | 'unknown version' | 'behind';

/** An event to be put aside. */
export interface Parking {
  readonly event: Envelope;
  readonly reason: Reason;
  readonly error?: string;
  /** Position of the event that it has to wait for. */
  readonly behind?: number;
  readonly attempts?: number;
}

/** The cursor is not where this reader left it: another process reads, or somebody moved it. */
export class CursorMoved extends Error {
  override readonly name = 'CursorMoved';
}

/** A module's place in one feed, and the events of that feed which it has put aside. */
export class Cursor {
  /** @param holder the process, as a UUID */
  constructor(
    private readonly database: ModuleDatabase<PrismaLike>,
    private readonly feed: string,
    private readonly holder: string,
  ) {}

  /**
   * Takes the cursor or renews the hold on it; undefined while another process holds it.
   *
   * @param end where the feed was found to end, and how many milliseconds ago
   */
  async hold(end?: FeedEnd): Promise<Held | undefined> {
    const held = await this.take(end);
    if (held) return held;
    // Only where there is none: ON CONFLICT waits for whoever is changing the row.
    await this.database.query(sql`
      insert into cursor (feed) select ${this.feed}
      where not exists (select from cursor where feed = ${this.feed}) on conflict do nothing`);
    return this.take(end);
  }

  private async take({ position, ago }: FeedEnd = { position: -1, ago: 0 }) {
    // SKIP LOCKED, since a transaction of the holder may have the row for seconds.
    const [held] = await this.database.query<Held>(sql`
      update cursor
      set holder = ${this.holder}::uuid, held_until = clock_timestamp() + make_interval(secs => ${HOLD}),
        current_at = case when position = ${position}
          then clock_timestamp() - make_interval(secs => ${ago / 1000}::float8) else current_at end
      where feed = (
        select feed from cursor
        where feed = ${this.feed}
          and (holder = ${this.holder}::uuid or holder is null or held_until < clock_timestamp())
        for update skip locked)
      returning position::float8 as position,
        exists (select from parked where parked.feed = cursor.feed and wanted is not null) as wanted`);
    return held;
  }

  /** Lets another process take the cursor at once. */
  async release(): Promise<void> {
    await this.database.query(sql`
      update cursor set holder = null, held_until = null
      where feed = ${this.feed} and holder = ${this.holder}::uuid`);
  }

  /**
   * Moves the cursor, in the transaction of the effects, and renews the hold. To be done first: it
   * locks the row, so that of two readers the second finds the cursor moved, and does nothing.
   *
   * @param time when the last of the events was published
   * @returns whether there are parked events
   * @throws {CursorMoved} when it does not stand at `from`, or another process holds it
   */
  async advance(tx: Tx, from: number, to: number, time: string | null = null): Promise<boolean> {
    const rows = await tx.$queryRaw<{ parked: boolean }[]>(sql`
      update cursor
      set position = ${to}, held_until = clock_timestamp() + make_interval(secs => ${HOLD}),
        current_at = greatest(current_at, ${time}::timestamptz)
      where feed = ${this.feed} and position = ${from} and holder = ${this.holder}::uuid
      returning exists (select from parked where parked.feed = cursor.feed) as parked`);
    if (!rows[0]) throw new CursorMoved();
    return rows[0].parked;
  }

  /** Of the given subjects, those with parked events, and the position of the first of each. */
  async heads(tx: Tx, subjects: readonly string[]): Promise<Map<string, number>> {
    const rows = await tx.$queryRaw<{ subject: string; head: number }[]>(sql`
      select subject, min(position)::float8 as head from parked
      where feed = ${this.feed} and subject = any(${subjects}::text[]) group by subject`);
    return new Map(rows.map(({ subject, head }) => [subject, head]));
  }

  async park(tx: Tx, parkings: readonly Parking[]): Promise<void> {
    if (parkings.length === 0) return;
    const rows = parkings.map(({ event, ...why }) => ({
      ...why,
      event,
      position: event.position,
      subject: event.subject,
      attempts: why.attempts ?? 0,
    }));
    await tx.$executeRaw(sql`
      insert into parked (feed, position, subject, event, reason, error, behind, attempts)
      select ${this.feed}, position, subject, event, reason, error, behind, attempts
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row (position bigint, subject text,
        event jsonb, reason text, error text, behind bigint, attempts int)
      on conflict (feed, position) do nothing`);
  }

  /** The first parked event that somebody wants tried again. */
  async nextWanted(): Promise<Envelope | undefined> {
    const [row] = await this.database.query<{ event: Envelope }>(sql`
      select event from parked where feed = ${this.feed} and wanted = 'retry'
      order by position limit 1`);
    return row?.event;
  }

  /**
   * Takes a parked event out, and lets those behind it be tried next.
   *
   * @returns false when it was dropped meanwhile
   */
  async unpark(tx: Tx, { position, subject }: Envelope): Promise<boolean> {
    const removed = await tx.$executeRaw(
      sql`delete from parked where feed = ${this.feed} and position = ${position}`,
    );
    await tx.$executeRaw(sql`
      update parked set wanted = 'retry' where feed = ${this.feed} and subject = ${subject}`);
    return removed === 1;
  }

  /** Notes that another try failed, and that the subject waits again. */
  async parkAgain(tx: Tx, { event, reason, error }: Parking): Promise<void> {
    await tx.$executeRaw(sql`
      update parked set reason = ${reason}, error = ${error}, attempts = attempts + 1, behind = null
      where feed = ${this.feed} and position = ${event.position}`);
    await tx.$executeRaw(sql`
      update parked set wanted = null where feed = ${this.feed} and subject = ${event.subject}`);
  }
}
