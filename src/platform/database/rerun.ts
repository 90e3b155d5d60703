import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { ModuleUnavailable } from '../errors.js';
import { isFenced, isRerunnable, isTableMissing, isUnreachable } from './failures.js';

const again = retry(handleWhen(isRerunnable), {
  maxAttempts: 20,
  backoff: new ExponentialBackoff({ initialDelay: 2, maxDelay: 250 }),
});

/** Milliseconds for which work waits at the fence of a move. */
const LONGEST_WAIT = 10_000;

/**
 * Runs a unit of work and runs it again, whole, when Postgres asks for that. So the work makes
 * no ids and touches nothing but its own database.
 *
 * The first run costs nothing extra; a rerun waits 2 ms, doubling to 250 ms with jitter, some 4 s
 * in all. At the fence of a move it waits for another place instead, some 10 s. Who slept through
 * all of a move may find no table any more, and goes where the rows are.
 *
 * @param elsewhere waits until the rows are elsewhere, or it is worth trying here again, and tells which
 * @throws {ModuleUnavailable} when the database cannot be reached, or refused to the last
 */
export async function rerunning<T>(
  module: string,
  work: () => Promise<T>,
  elsewhere: () => Promise<boolean>,
): Promise<T> {
  try {
    return await pastFence(
      () =>
        work().catch((error: unknown) => {
          if (!isRerunnable(error)) throw error;
          return again.execute(work);
        }),
      elsewhere,
    );
  } catch (error) {
    if (isUnreachable(error) || isRerunnable(error) || isFenced(error)) {
      throw new ModuleUnavailable({ module }, { cause: error });
    }
    throw error;
  }
}

async function pastFence<T>(work: () => Promise<T>, elsewhere: () => Promise<boolean>): Promise<T> {
  let end: number | undefined;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      end ??= Date.now() + LONGEST_WAIT;
      const missing = isTableMissing(error);
      if (!(missing || isFenced(error)) || Date.now() >= end) throw error;
      if (!(await elsewhere()) && missing) throw error;
    }
  }
}
