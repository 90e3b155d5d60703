import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { ModuleUnavailable } from '../errors.js';
import { isRerunnable, isUnreachable } from './failures.js';

const again = retry(handleWhen(isRerunnable), {
  maxAttempts: 20,
  backoff: new ExponentialBackoff({ initialDelay: 2, maxDelay: 250 }),
});

/**
 * Runs a unit of work and runs it again, whole, when Postgres asks for that. So the work makes
 * no ids and touches nothing but its own database.
 *
 * The first run costs nothing extra; a rerun waits 2 ms, doubling to 250 ms with jitter, some 4 s
 * in all.
 *
 * @throws {ModuleUnavailable} when the database cannot be reached, or refused to the last
 */
export async function rerunning<T>(module: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work().catch((error: unknown) => {
      if (!isRerunnable(error)) throw error;
      return again.execute(work);
    });
  } catch (error) {
    if (isUnreachable(error) || isRerunnable(error)) {
      throw new ModuleUnavailable({ module }, { cause: error });
    }
    throw error;
  }
}
