import { setTimeout as pause } from 'node:timers/promises';
import { faultPoint } from '#platform/fault';
import { name as quoted } from '../../provision/statement.js';
import { catchUp, type CatchUpReport, lostStream } from './catch-up.js';
import { note } from '../sides/journal.js';
import { isUsable } from '../sides/sight.js';
import type { Move } from '../sides/move.js';
import { connectBy, enableStream, makeStream, type Stream } from '../sides/stream.js';
import { sumOf, tableSizes } from '../compare/table-sizes.js';
import { openThrottledWay } from './throttle.js';

/** How far a copy has come. */
export interface CopyProgress {
  /** Tables, and those whose rows have all been copied. */
  readonly tables: number;
  readonly done: number;
  /** Bytes of the tables as they are at home, without indexes, and an estimate of those copied. */
  readonly bytes: number;
  readonly copied: number;
  /** Bytes of WAL that the other side has not confirmed. */
  readonly lag: number;
  /** Times that something has failed there; its server's log says what. */
  readonly errors: number;
}

/** Milliseconds between two looks. */
const INTERVAL = 500;
/** Milliseconds that a worker may take to leave a way that it has been led away from. */
const GOODBYE = 10_000;

export interface CopyOptions {
  readonly report: (progress: CopyProgress) => void | Promise<void>;
  readonly catchingUp: CatchUpReport;
  /** Bytes per second at most, 0 for as many as there are. */
  readonly rate: number;
}

/**
 * Begins to copy, or goes on, until every table has been copied and what is written at home
 * arrives there as it is written.
 *
 * @returns seconds that it took
 * @throws {CliError} when the stream has lost what it needs, or does not catch up
 */
export async function copy(move: Move, options: CopyOptions): Promise<number> {
  const { home, module } = move;
  const began = performance.now();
  const stream = move.stream('home');
  await byAWay(stream, options.rate, (url) => copyTables(move, stream, url, options));
  const milliseconds = await catchUp(stream, module, { report: options.catchingUp });
  // Whoever comes first after the cutover gets plans that know what is there.
  const sight = await move.look();
  const tables = sight.away.tables.map(({ name }) => `${quoted(module)}.${quoted(name)}`);
  await stream.to.client.query(`analyze ${tables.join(', ')}`);
  const seconds = (performance.now() - began) / 1000;
  const details = { seconds, markerMilliseconds: milliseconds, lsn: await home.lsn() };
  await note(home, module, 'copy', 'done', details);
  return seconds;
}

/** A throttled way leads through this process, so that the stream leaves it when it is copied. */
async function byAWay(stream: Stream, rate: number, work: (url: string) => Promise<void>) {
  const { from, to } = stream;
  if (rate === 0) return work(from.url);
  const way = await openThrottledWay(from.url, to.localAddress, rate);
  let patience = 0;
  try {
    await work(way.url);
    await faultPoint('move.copied');
    await connectBy(stream);
    // Sent away, its worker would count that as a failure.
    patience = GOODBYE;
  } finally {
    await way.close(patience);
  }
}

async function copyTables(move: Move, stream: Stream, url: string, { report }: CopyOptions) {
  const { home, module } = move;
  const sight = await move.look();
  await makeStream(stream, { from: sight.home, to: sight.away }, { module, copy: true, url });
  await enableStream(stream);
  await faultPoint('move.copying');
  await note(home, module, 'copy', 'begun', { stream: stream.name, lsn: await home.lsn() });
  for (let progress; (progress = await copyProgress(move)).done < progress.tables;) {
    await report(progress);
    await pause(INTERVAL);
  }
}

/** @throws {CliError} when the copy cannot go on */
export async function copyProgress(move: Move): Promise<CopyProgress> {
  const { home, away, module, names } = move;
  const sight = await move.look();
  const slot = sight.home.slots[names.home];
  const subscription = sight.away.subscriptions[names.home];
  if (!isUsable(slot) || subscription === undefined) throw lostStream(module);
  const tables = sight.home.tables.map(({ name }) => name);
  const sizes = await tableSizes(home, module, tables);
  const { bytes: underWay } = await away.row<{ bytes: number }>(
    `select coalesce(sum(bytes_processed), 0)::float8 as bytes from pg_stat_progress_copy
     where datname = current_database()
       and relid in (select oid from pg_class where relnamespace = to_regnamespace($1))`,
    [quoted(module)],
  );
  const done = [...sizes].filter(([name]) => !subscription.copying.includes(name));
  const bytes = sumOf(sizes.values());
  return {
    tables: sizes.size,
    done: done.length,
    bytes,
    copied: Math.min(bytes, sumOf(done.map(([, size]) => size)) + underWay),
    lag: slot.lag,
    errors: subscription.errors,
  };
}
