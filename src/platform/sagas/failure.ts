import { ORPCError } from '@orpc/client';
import type { Json, Reason } from './reason.js';

/**
 * What a failed call means for its saga: the callee said no, and nothing has happened there; or it
 * could not answer, and the same call will do later; or nobody foresaw this.
 */
export type Failure =
  | { readonly kind: 'refused'; readonly reason: Reason }
  | { readonly kind: 'unavailable'; readonly message: string }
  | { readonly kind: 'unforeseen'; readonly message: string };

/** The call took longer than its step allows. */
export class StepTimedOut extends Error {
  override readonly name = 'StepTimedOut';

  constructor(step: string, milliseconds: number) {
    super(`the step "${step}" has not answered within ${milliseconds} ms`);
  }
}

export function failureOf(error: unknown): Failure {
  if (error instanceof ORPCError && error.defined) {
    const { code, message, status, data } = error as ORPCError<string, Json>;
    return status < 500
      ? { kind: 'refused', reason: { code, title: message, values: data } }
      : { kind: 'unavailable', message: `${code}: ${message}` };
  }
  if (error instanceof StepTimedOut) return { kind: 'unavailable', message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'unforeseen', message };
}

/** Attempts at something that fails in a way that nobody foresaw, before it is given up. */
export const MOST_ATTEMPTS = 8;

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 10_000;

/** Milliseconds before the next attempt: doubling from 100 ms to 10 s, up to half of it by chance. */
export const pauseAfter = (attempts: number): number =>
  Math.min(FIRST_PAUSE * 2 ** attempts, LONGEST_PAUSE) * (1 - Math.random() / 2);
