import { setTimeout as rest } from 'node:timers/promises';
import { CliError } from '../../cli.js';

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

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Does work that is not to be left half-way. Somebody who wants to stop it makes `stopped` fail, and
 * ends nothing: the work is to take back what it can, or to get through.
 */
export async function unlessStopped<T>(work: (stopped: Promise<never>) => Promise<T>): Promise<T> {
  let stop!: (reason: Error) => void;
  const stopped = new Promise<never>((_, reject) => (stop = reject));
  stopped.catch(() => undefined);
  const onSignal = () => stop(new CliError('It was told to stop.', 'Repeat the command.'));
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await work(stopped);
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}
