import { ModuleUnavailable } from '#platform/errors';
import { waitFor } from './wait-for.js';

/** Calls as a caller does: again for as long as the outcome is not known. */
export async function persistently<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  const outcome = await waitFor(async () => {
    const [settled] = await Promise.allSettled([call()]);
    const isUnknown = settled.status === 'rejected' && ModuleUnavailable.is(settled.reason);
    return !isUnknown && settled;
  });
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}
