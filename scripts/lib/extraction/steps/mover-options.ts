import type { CompareReport } from '../compare/compare-meter.js';
import type { Progress } from '../progress.js';
import type { CatchUpReport } from './catch-up.js';

/** What the verbs of a move are told; each takes what it needs. */
export interface MoverOptions {
  /** Milliseconds that writers may have to wait in a switch. */
  readonly maxPause: number;
  /** Whether finishing also drops the rows that are left at home. */
  readonly drop?: boolean;
  /** Megabytes a second at most while rows are copied; 0 for no limit. */
  readonly rate?: number;
  readonly progress?: (progress: Progress) => void | Promise<void>;
}

export const behind =
  ({ progress }: MoverOptions): CatchUpReport =>
  (now) =>
    progress?.({ step: 'catch up', ...now });

export const comparing =
  ({ progress }: MoverOptions): CompareReport =>
  (now) =>
    progress?.({ step: 'compare', ...now });
