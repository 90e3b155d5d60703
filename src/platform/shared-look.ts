import { timeout, TimeoutStrategy } from 'cockatiel';

const inTime = timeout(2_000, TimeoutStrategy.Aggressive);

/**
 * A look at a database that many may want to take at a time: who wants to while it is under way is
 * given what it finds.
 *
 * @returns the function that looks, which throws a `TaskCancelledError` when that takes more than 2 s
 */
export function sharedLook<T>(look: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | undefined;
  return () => (underWay ??= inTime.execute(look).finally(() => (underWay = undefined)));
}
