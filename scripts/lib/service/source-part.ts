import { CliError } from '../cli.js';
import type { Verb } from '../extraction/sides/journal.js';
import type { Tell } from '../extraction/tell.js';
import { carryOut, cutOff, forgetIfTakenBack, goOn } from './source-journal.js';
import { describeStart } from './start-it.js';
import {
  describeDiff,
  describeGone,
  describeSource,
  planSource,
  sourceElsewhere,
  type SourceMove,
  type SourceWish,
  takeBackCommand,
} from './source-move.js';

/** Whether a source goes or only would, and who is told. */
interface Mode {
  readonly dryRun: boolean;
  readonly tell: Tell;
  /** Is told what a person does next. */
  readonly say: (text: string) => void;
}

/**
 * Moves a module's source alone.
 *
 * @throws {CliError} for a verb that rows or processes have, and when something is in the way
 */
export async function actOnSource(
  verb: Verb | 'plan' | 'status' | undefined,
  wish: SourceWish,
  mode: Mode,
): Promise<void> {
  const { module } = wish;
  if (verb !== undefined && verb !== 'plan' && verb !== 'status') {
    throw new CliError(
      `A source has no "${verb}": it goes in one step, which git takes back until it is committed.`,
      `npm run extract-module -- ${module} --only source`,
    );
  }
  const gone = sourceElsewhere(module);
  if (gone !== undefined) {
    return mode.tell({ module, source: gone }, `Nothing is left: the source is in ${gone}.\n`);
  }
  if (verb === 'status') {
    return mode.tell({ module, source: null }, `The source of "${module}" is here.\n`);
  }
  letGo(await planSource(wish), { ...mode, dryRun: mode.dryRun || verb === 'plan' });
}

/**
 * Does the rest of a source's move whose mover was killed. To be called before anything else is read
 * of the project, since half of it may be missing.
 *
 * @param goesOn whether the command is one that lets this module's source go
 * @throws {CliError} when it is not, or somebody has changed what is to be written
 */
export function goOnWithSource(module: string, goesOn: boolean, say: Mode['say']): void {
  forgetIfTakenBack();
  const move = cutOff();
  if (move === undefined) return;
  if (move.module !== module || !goesOn) {
    throw new CliError(
      `The source of "${move.module}" was on its way to ${move.out} when its mover was killed.`,
      `Go on: npm run extract-module -- ${move.module} --only source\n  Or take it back: ${takeBackCommand(move)}`,
    );
  }
  goOn();
  say(describeGone(move));
  say(describeStart(module));
}

/** Says which paths are written or removed, and does that; in a dry run, shows the diff instead. */
export function letGo(move: SourceMove, { dryRun, tell, say }: Mode): void {
  const lines = describeSource(move);
  const diff = dryRun && !tell.json ? describeDiff(move) : '';
  if (!dryRun) carryOut(move);
  const { changes, tests, out } = move;
  tell({ dryRun, out, changes, tests }, `${lines}${diff}`);
  if (!dryRun) say(describeGone(move));
}
