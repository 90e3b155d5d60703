import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';

/** The header that says how many milliseconds the caller will wait: clocks differ, spans do not. */
export const DEADLINE_HEADER = 'x-deadline-ms';

/** Somebody in another process waits for what the running code does. */
export interface Waiting {
  /** Until when, by `performance.now()`. */
  readonly until: number;
}

const waiting = new AsyncLocalStorage<Waiting>();

/** For whom the running code works, or undefined when no other process waits for it. */
export const currentWaiting = (): Waiting | undefined => waiting.getStore();

/** Milliseconds until nobody waits any more for what the running code does; endless without a deadline. */
export const timeLeft = (): number => (waiting.getStore()?.until ?? Infinity) - performance.now();

/** Runs the work for a caller whose request says how long it will wait, if it does. */
export function underDeadlineOf<T>(headers: IncomingHttpHeaders, work: () => T): T {
  const given = headers[DEADLINE_HEADER];
  if (typeof given !== 'string' || !/^\d{1,6}$/.test(given)) return work();
  return waiting.run({ until: performance.now() + Number(given) }, work);
}

/**
 * What the work gives, if it does so in time; otherwise it goes on and nobody hears of it.
 *
 * @throws what `late` makes, when the time is up
 */
export function inTime<T>(
  milliseconds: number,
  work: () => Promise<T>,
  late: () => Error,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), milliseconds);
    work()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
