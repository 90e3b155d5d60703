import { Logger } from '@nestjs/common';
import {
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  type IPolicy,
  retry,
  wrap,
} from 'cockatiel';
import { Unanswered } from './wire.js';

const RETRIES = 2;
const BACKOFF = { initialDelay: 20, maxDelay: 200 };

/** Requests without an answer, one after the other, that open the circuit. */
const FAILURES = 5;
const HALF_OPEN_AFTER = 1_000;

const unanswered = handleWhen((error) => error instanceof Unanswered);

/**
 * How often one callee is asked: an unanswered request is sent two more times, with jitter; after
 * five in a row nothing is sent for a second, and then one to try. A refusal is an answer.
 *
 * What is sent under it throws `BrokenCircuitError` of cockatiel while nothing is sent.
 */
export function calleePolicy(callee: string): IPolicy {
  const logger = new Logger('wire');
  const breaker = circuitBreaker(unanswered, {
    halfOpenAfter: HALF_OPEN_AFTER,
    breaker: new ConsecutiveBreaker(FAILURES),
  });
  breaker.onBreak(() => logger.warn(`"${callee}" does not answer: calls of it fail at once`));
  breaker.onReset(() => logger.warn(`"${callee}" answers again`));
  const again = retry(unanswered, {
    maxAttempts: RETRIES,
    backoff: new ExponentialBackoff(BACKOFF),
  });
  return wrap(again, breaker);
}
