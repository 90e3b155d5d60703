import { setTimeout as rest } from 'node:timers/promises';
import { CliError } from '../cli.js';

export const tooLong = () =>
  new CliError('It took longer than the pause may be.', 'Give it more with --max-pause.');

/**
 * Waits for servers, and not for ever: one that is cut off does not even fail.
 *
 * @param end as of `performance.now()`
 */
export async function within<T>(end: number, work: Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = rest(Math.max(0, end - performance.now()), undefined, over).then(() => {
    throw tooLong();
  });
  return Promise.race([work, late]).finally(() => over.abort());
}
