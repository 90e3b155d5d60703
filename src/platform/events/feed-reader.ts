import { Logger } from '@nestjs/common';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import type { ModuleDatabase, PrismaLike, Transaction } from '../database/module-database.js';
import { ModuleUnavailable } from '../errors.js';
import { faultPoint } from '../fault.js';
import { sharedLook } from '../shared-look.js';
import { WorkLoop } from '../work-loop.js';
import { Cursor, CursorMoved, type Parking } from './cursor.js';
import type { Envelope } from './event.js';
import type { FeedSource } from './feed-source.js';
import { handle, type Hearing } from './hearing.js';
import { feedLag } from './lag.js';

/** Milliseconds between looks for new events. */
const PAUSES = { least: 5, most: 1_000 };
/** Milliseconds after which the hold on the cursor is renewed; a third of what it lasts. */
const RENEW_AFTER = 1_300;
/** Events that are read, and handled in one transaction, at most. */
const MOST = 500;
/** Milliseconds that a transaction of many events may take before fewer are tried. */
const LONG = 1_000;
/** Tries of an event that fails: at once, and then with growing pauses, some 2 s in all. */
const RETRIES = {
  maxAttempts: 4,
  backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 2_000 }),
};

/** Failures that say nothing about the event: it is tried again for as long as it takes. */
const passes = (error: unknown) => ModuleUnavailable.is(error) || error instanceof CursorMoved;

const again = retry(
  handleWhen((error) => !passes(error)),
  RETRIES,
);

/**
 * Reads one feed for one module: the next events, their handlers and the move of the cursor are
 * one transaction of the module. Of all processes that run one, the holder of the cursor reads.
 */
export class FeedReader {
  readonly feed: string;
  /** How far the module is behind, whoever reads for it. */
  readonly lag = sharedLook(() =>
    feedLag(
      this.database.module,
      this.feed,
      (statement) => this.database.query(statement),
      (position) => this.source.behind(position),
    ),
  );
  private readonly name: string;
  private readonly cursor: Cursor;
  private readonly loop: WorkLoop;
  private readonly stopped = new AbortController();
  private unsubscribe: () => void = () => undefined;
  /** Where the cursor was last seen; undefined while another process holds it. */
  private position: number | undefined;
  /** Where the feed was last seen to end, and when, in milliseconds of this process's clock. */
  private end: { position: number; at: number } | undefined;
  private wanted = false;
  private renewed = 0;
  private most = MOST;

  /** @param holder this process, as a UUID */
  constructor(
    private readonly database: ModuleDatabase<PrismaLike>,
    private readonly source: FeedSource,
    private readonly hearing: Hearing,
    holder: string,
  ) {
    this.feed = source.module;
    this.cursor = new Cursor(database, this.feed, holder);
    this.name = `${database.module} hears ${this.feed}`;
    this.loop = new WorkLoop(this.name, () => this.takeTurn(), PAUSES);
  }

  start(): void {
    this.unsubscribe = this.source.onHint(this.loop.wake);
    this.loop.start();
  }

  /** Ends after the transaction under way, and lets another process go on at once. */
  async stop(): Promise<void> {
    this.unsubscribe();
    this.stopped.abort();
    await this.loop.stop();
    // The hold runs out by itself.
    if (this.position !== undefined) await this.cursor.release().catch(() => undefined);
  }

  private async takeTurn(): Promise<boolean> {
    try {
      return await this.readOn();
    } catch (error) {
      // A read that was cut short is no news.
      if (this.stopped.signal.aborted) return false;
      if (!(error instanceof CursorMoved)) throw error;
      this.position = undefined;
      return true;
    }
  }

  private async readOn(): Promise<boolean> {
    if (this.position === undefined || since(this.renewed) > RENEW_AFTER) await this.renew();
    if (this.position === undefined) return false;
    if (this.wanted) return this.tryParked();
    const events = await this.read(this.position);
    if (events.length > 0) await this.handleAll(events);
    else await this.lookForEnd(this.position);
    return events.length > 0 || this.source.waits;
  }

  private async read(after: number): Promise<Envelope[]> {
    try {
      return await this.source.read(after, this.most, this.stopped.signal);
    } catch (error) {
      // What does not arrive in time may have been too much.
      this.most = Math.max(1, Math.floor(this.most / 2));
      throw error;
    }
  }

  /** A read may be empty although there are events: an open transaction holds them back. */
  private async lookForEnd(position: number): Promise<void> {
    if (this.end?.position === position && since(this.end.at) < RENEW_AFTER) return;
    const at = performance.now();
    const { events } = await this.source.behind(position);
    if (events === 0) this.end = { position, at };
  }

  private async renew(): Promise<void> {
    const end = this.end && { position: this.end.position, ago: since(this.end.at) };
    const held = await this.cursor.hold(end);
    this.position = held?.position;
    this.wanted = held?.wanted ?? false;
    this.renewed = performance.now();
  }

  /** Handles the events in one transaction, or else one by one, so that one stops only itself. */
  private async handleAll(events: readonly Envelope[]): Promise<void> {
    const begun = performance.now();
    try {
      await this.handle(events);
    } catch (error) {
      if (passes(error)) throw error;
      for (const event of events) {
        if (this.stopped.signal.aborted) return;
        await this.handleOne(event);
      }
    }
    const long = since(begun) > LONG;
    this.most = long ? Math.max(1, Math.floor(this.most / 2)) : Math.min(MOST, this.most * 2);
  }

  private async handleOne(event: Envelope): Promise<void> {
    const from = this.position;
    try {
      await again.execute(async () => {
        // A failed try has rolled its renewal back.
        await this.renew();
        if (this.position !== from) throw new CursorMoved();
        await this.handle([event]);
      }, this.stopped.signal);
    } catch (error) {
      if (passes(error) || this.stopped.signal.aborted) throw error;
      const attempts = RETRIES.maxAttempts + 1;
      await this.handle([event], { event, reason: 'failed', error: textOf(error), attempts });
    }
  }

  private async handle(events: readonly Envelope[], failed?: Parking): Promise<void> {
    const from = this.position as number;
    const last = events.at(-1) as Envelope;
    const parked = await this.database.transaction(async (tx) => {
      const parkedBefore = await this.cursor.advance(tx, from, last.position, last.time);
      await faultPoint('events.before-handlers');
      const subjects = events.map(({ subject }) => subject);
      const heads = parkedBefore
        ? await this.cursor.heads(tx, subjects)
        : new Map<string, number>();
      const { runs, parkings } = this.hearing.sort(events, heads, failed);
      await this.cursor.park(tx, parkings);
      await handle(runs, tx);
      await faultPoint('events.before-commit');
      return parkings;
    });
    await faultPoint('events.after-commit');
    this.position = last.position;
    this.renewed = performance.now();
    parked.forEach((parking) => this.report(parking));
  }

  private report({ event, reason, error }: Parking): void {
    if (reason === 'behind') return;
    new Logger(this.name).warn(
      `parked ${event.type} at ${event.position} of subject "${event.subject}", ${reason}: ${error}`,
    );
  }

  /** Gives a parked event that somebody wants tried again its one try. */
  private async tryParked(): Promise<boolean> {
    const event = await this.cursor.nextWanted();
    if (!event) {
      this.wanted = false;
      return true;
    }
    let fault: Parking | undefined;
    try {
      fault = await this.standing((tx) => this.handleParked(tx, event));
    } catch (error) {
      if (passes(error)) throw error;
      fault = { event, reason: 'failed', error: textOf(error) };
    }
    const parking = fault;
    if (parking) await this.standing((tx) => this.cursor.parkAgain(tx, parking));
    return true;
  }

  /** @returns why it cannot be handled */
  private async handleParked(
    tx: Transaction<PrismaLike>,
    event: Envelope,
  ): Promise<Parking | undefined> {
    const { runs, parkings } = this.hearing.sort([event], new Map());
    if (parkings[0]) return parkings[0];
    if (await this.cursor.unpark(tx, event)) await handle(runs, tx);
    await faultPoint('events.before-commit');
    return undefined;
  }

  /** A transaction that holds the cursor, so that no other process reads meanwhile. */
  private standing<T>(work: (tx: Transaction<PrismaLike>) => Promise<T>): Promise<T> {
    const position = this.position as number;
    return this.database.transaction(async (tx) => {
      await this.cursor.advance(tx, position, position);
      return work(tx);
    });
  }
}

/** Milliseconds; a clock that is set anew does not touch them. */
const since = (moment: number) => performance.now() - moment;

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
