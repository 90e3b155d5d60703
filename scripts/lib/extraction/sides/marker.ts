import { setTimeout as pause } from 'node:timers/promises';
import { CliError } from '../../cli.js';
import { name as quoted } from '../../provision/statement.js';
import type { Side } from './side.js';

/** The step that the last row through a fence names. */
const CLOSED = 'closed';

/** A row on its way through a stream: all that was committed before it arrives before it. */
export interface Marker {
  readonly epoch: number;
  readonly at: string;
}

/**
 * Sends a marker and waits for it, for so long and no longer.
 *
 * @param deadline as of `performance.now()`
 * @returns milliseconds that it took
 * @throws {CliError} when it has not arrived in time
 */
export async function passMarker(
  from: Side,
  to: Side,
  module: string,
  { epoch, deadline }: { epoch: number; deadline: number },
): Promise<number> {
  const began = performance.now();
  const marker = await sendMarker(from, module, epoch);
  while (!(await hasArrived(to, module, marker))) {
    if (performance.now() >= deadline) {
      const waited = Math.round(performance.now() - began);
      throw new CliError(
        `What was written last had not arrived on the other side after ${waited} ms.`,
        'Repeat the command when less is written; "status" says how far behind the copy is.',
      );
    }
    await pause(1);
  }
  return performance.now() - began;
}

export async function sendMarker(from: Side, module: string, epoch: number): Promise<Marker> {
  // Later than any that is there: one that came from the other side was set by another clock.
  const { at } = await from.row<{ at: string }>(
    `insert into ${quoted(module)}.marker as now (epoch, step) values ($1, $2) on conflict (epoch, step)
     do update set at = greatest(clock_timestamp(), now.at + interval '1 us') returning at::text`,
    [epoch, CLOSED],
  );
  return { epoch, at };
}

export async function hasArrived(to: Side, module: string, { epoch, at }: Marker) {
  const rows = await to.rows(
    `select from ${quoted(module)}.marker where epoch = $1 and step = $2 and at >= $3`,
    [epoch, CLOSED, at],
  );
  return rows.length > 0;
}
