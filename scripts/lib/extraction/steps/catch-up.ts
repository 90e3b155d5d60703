import { setTimeout as pause } from 'node:timers/promises';
import { CliError } from '../../cli.js';
import { hasArrived, sendMarker } from '../sides/marker.js';
import type { Stream } from '../sides/stream.js';

/** How far one side is behind the other. */
export interface CatchUpProgress {
  /** Bytes of the log, up to where it was when the wait began, that the other side has not confirmed. */
  readonly behind: number;
}

/** Is told how far behind the other side is, and waited for. */
export type CatchUpReport = (progress: CatchUpProgress) => void | Promise<void>;

export interface CatchUpOptions {
  readonly report?: CatchUpReport;
  /** Milliseconds between two looks at the stream. */
  readonly interval?: number;
  /** Looks in a row that may see nothing move. */
  readonly patience?: number;
}

/** Milliseconds between two looks at whether the marker is there. */
const POLL = 10;
const INTERVAL = 500;
const PATIENCE = 120;

/**
 * Waits until all that was committed on a stream's source has arrived on the other side. However much
 * is written meanwhile, it waits as long as anything moves.
 *
 * @returns milliseconds that it took
 * @throws {CliError} when nothing has moved for a minute, or the stream has lost what it needs
 */
export async function catchUp(
  stream: Stream,
  module: string,
  { report = () => undefined, interval = INTERVAL, patience = PATIENCE }: CatchUpOptions = {},
): Promise<number> {
  const began = performance.now();
  const marker = await sendMarker(stream.from, module, 0);
  const goal = await stream.from.lsn();
  let furthest = -1;
  let still = 0;
  while (!(await arrivesWithin(interval))) {
    const { position, behind } = await lookAtStream(stream, module, goal);
    still = position > furthest ? 0 : still + 1;
    furthest = Math.max(furthest, position);
    await report({ behind });
    if (still >= patience) throw stuck(behind, (still * interval) / 1000);
  }
  return performance.now() - began;

  async function arrivesWithin(milliseconds: number): Promise<boolean> {
    const end = performance.now() + milliseconds;
    for (;;) {
      if (await hasArrived(stream.to, module, marker)) return true;
      if (performance.now() >= end) return false;
      await pause(POLL);
    }
  }
}

/** How far a stream has come: what was confirmed, and what was received of a transaction under way. */
async function lookAtStream({ name, from, to }: Stream, module: string, goal: string) {
  const [slot] = await from.rows<{ confirmed: number; behind: number }>(
    `select (confirmed_flush_lsn - '0/0')::float8 as confirmed,
       greatest($2::pg_lsn - confirmed_flush_lsn, 0)::float8 as behind
     from pg_replication_slots
     where slot_name = $1 and database = current_database() and wal_status <> 'lost'`,
    [name, goal],
  );
  if (slot === undefined) throw lostStream(module);
  // A worker that fails and begins again receives the same once more: no further than before.
  const { received } = await to.row<{ received: number }>(
    `select coalesce(max(received_lsn - '0/0'), 0)::float8 as received
     from pg_stat_subscription where subname = $1`,
    [name],
  );
  return { position: slot.confirmed + received, behind: slot.behind };
}

export const lostStream = (module: string) =>
  new CliError(
    'The stream has lost what it needs: its slot is gone, or the server has thrown away WAL that it still needs.',
    `npm run extract-module -- ${module} abort, then begin again; see max_slot_wal_keep_size.`,
  );

const stuck = (behind: number, seconds: number) =>
  new CliError(
    `The other side is ${behind} bytes of the log behind, and nothing has moved for ${seconds} s.`,
    'See the log of its server, and in pg_stat_activity there what the replication waits for. Mend that, and repeat the command.',
  );
