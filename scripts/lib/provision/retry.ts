import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from './connection.js';

const ATTEMPTS = 6;

/** What another provisioning at the same time brings about: it made first what we wanted to make. */
const RACES = new Set([
  '42P04', // duplicate database
  '42P06', // duplicate schema
  '42710', // duplicate object: a role
  '23505', // the same three, seen by the catalog's index
  '40001',
  '40P01',
]);

/** Whether another session was the cause, so that a new look and a new plan will do. */
function isRace(error: unknown): boolean {
  // Catalog rows are not locked: the loser of two ALTER ROLE gets this, with a code of its own.
  const lost = /tuple concurrently (updated|deleted)/.test((error as Error).message);
  return lost || RACES.has(codeOf(error) ?? '');
}

/**
 * Does the work, and again from its start when another session got in its way; six times at most,
 * within some two seconds.
 */
export async function retryingRaces<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !isRace(error)) throw error;
      await delay(2 ** attempt * 10 * (0.5 + Math.random()));
    }
  }
}
