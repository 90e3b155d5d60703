import { setTimeout as pause } from 'node:timers/promises';

/**
 * Looks every 20 ms until a condition holds.
 *
 * @param condition may throw: that counts as not yet
 * @param limitMs gives up after so many milliseconds
 * @returns what the condition returned when it was neither false nor undefined
 * @throws when the time is up, with the last failure as its cause
 */
export async function waitFor<Value>(
  condition: () => Value | Promise<Value>,
  limitMs = 120_000,
): Promise<Exclude<Value, false | undefined>> {
  const deadline = Date.now() + limitMs;
  let cause: unknown;
  do {
    try {
      const value = await condition();
      if (value !== false && value !== undefined) return value as Exclude<Value, false | undefined>;
    } catch (error) {
      cause = error;
    }
    await pause(20);
  } while (Date.now() < deadline);
  throw new Error(`Still not so after ${limitMs} ms: ${String(condition)}`, { cause });
}
