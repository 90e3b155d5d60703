import { setTimeout as pause } from 'node:timers/promises';

/**
 * Looks every 20 ms until a condition holds.
 *
 * @param limitMs gives up after so many milliseconds
 * @returns whether it came to hold
 */
export async function waitUntil(condition: () => boolean, limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > deadline) return false;
    await pause(20);
  }
  return true;
}
