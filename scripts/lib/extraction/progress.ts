import type { CatchUpProgress } from './steps/catch-up.js';
import type { CompareProgress } from './compare/compare-meter.js';
import type { CopyProgress } from './steps/copy.js';
import { mb } from './readiness/size.js';

/** How far a long step has come, at one look. */
export type Progress =
  | ({ readonly step: 'catch up' } & CatchUpProgress)
  | ({ readonly step: 'copy' } & CopyProgress)
  | ({ readonly step: 'compare' } & CompareProgress);

/** Milliseconds for which nothing is said of a step that comes on in small steps. */
const INTERVAL = 500;

/**
 * Says how far a step has come, with its rate since it was first looked at, and what is left of it.
 *
 * @param clock in milliseconds
 */
export function progressReporter(
  say: (line: string) => void,
  clock: () => number = () => performance.now(),
): (progress: Progress) => void {
  let meter: Meter | undefined;
  let said = -Infinity;
  return (progress) => {
    const [done, all] = amounts(progress);
    // Where less is done than before, another step of the kind has begun.
    if (meter?.step !== progress.step || done < meter.last) {
      meter = { step: progress.step, began: clock(), first: done, last: done };
      said = progress.step === 'compare' ? meter.began : -Infinity;
    }
    meter.last = done;
    if (clock() - said < INTERVAL) return;
    said = clock();
    say(describe(progress, pace(meter, all, said)));
  };
}

/** Since when a step is looked at, and how much of it was done then and at the last look, in bytes. */
interface Meter {
  readonly step: Progress['step'];
  readonly began: number;
  readonly first: number;
  last: number;
}

function pace({ began, first, last }: Meter, all: number, now: number): string {
  const rate = (last - first) / ((now - began) / 1000);
  if (!(rate > 0)) return '';
  return `, ${mb(rate)}/s, ${Math.ceil((all - last) / rate)} s to go`;
}

function amounts(progress: Progress): [done: number, all: number] {
  if (progress.step === 'copy') return [progress.copied, progress.bytes];
  if (progress.step === 'catch up') return [-progress.behind, 0];
  return [progress.compared, progress.bytes];
}

function describe(progress: Progress, left: string): string {
  if (progress.step === 'copy') return describeProgress(progress, left);
  if (progress.step === 'catch up') return `catching up: ${mb(progress.behind)} behind${left}`;
  const { done, tables, rows, compared, bytes } = progress;
  return `${done} of ${tables} tables compared, ${rows} rows, ${mb(compared)} of ${mb(bytes)} on both sides${left}`;
}

/** How far a copy has come, at one look: how fast it is only several can tell. */
export const describeProgress = (
  { done, tables, copied, bytes, lag, errors }: CopyProgress,
  left = '',
): string =>
  `${done} of ${tables} tables, ${mb(copied)} of ${mb(bytes)}${left}, ${mb(lag)} behind` +
  (errors > 0 ? `; failed ${errors} times so far, see the log of the other server` : '');
