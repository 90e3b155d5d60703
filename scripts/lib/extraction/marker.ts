import { setTimeout as pause } from 'node:timers/promises';
import { CliError } from '../cli.js';
import { name as quoted } from '../provision/statement.js';
import type { Side } from './side.js';

/** The step that the last row through a fence names. */
const CLOSED = 'closed';

/**
 * Sends a row through the stream and waits for it: all that was committed before has arrived then.
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
  const table = `${quoted(module)}.marker`;
  // Later than any that is there: one that came from the other side was set by another clock.
  const { at } = await from.row<{ at: string }>(
    `insert into ${table} as now (epoch, step) values ($1, $2) on conflict (epoch, step)
     do update set at = greatest(clock_timestamp(), now.at + interval '1 us') returning at::text`,
    [epoch, CLOSED],
  );
  const arrived = `select from ${table} where epoch = $1 and step = $2 and at >= $3`;
  while ((await to.rows(arrived, [epoch, CLOSED, at])).length === 0) {
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
