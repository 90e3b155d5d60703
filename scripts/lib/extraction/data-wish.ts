import type { SourceWish } from '../service/source-move.js';
import type { MoveRequest } from './sides/move.js';
import type { MoverOptions } from './steps/mover-options.js';
import type { Tell } from './tell.js';
import type { Walker } from './walk.js';

/** What is asked of a module's rows, and of the source that follows them. */
export interface DataWish {
  readonly request: MoveRequest;
  readonly mover: MoverOptions;
  readonly walker: Walker;
  readonly dryRun: boolean;
  /** How the source goes once the rows have gone; undefined when it stays. */
  readonly source: SourceWish | undefined;
  readonly tell: Tell;
  /** Is told what a person does next. */
  readonly say: (text: string) => void;
}
