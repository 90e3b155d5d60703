import { CliError } from '../cli.js';
import type { Verb } from '../extraction/journal.js';
import type { Tell } from '../extraction/tell.js';
import {
  describeGone,
  describeSource,
  moveSource,
  planSource,
  sourceElsewhere,
  type SourceWish,
} from './source-move.js';

/** How a module's source goes, or would go. */
export interface SourceOrder {
  readonly wish: SourceWish;
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
  order: SourceOrder,
): Promise<void> {
  const { module } = order.wish;
  if (verb !== undefined && verb !== 'plan' && verb !== 'status') {
    throw new CliError(
      `A source has no "${verb}": it goes in one step, which git takes back until it is committed.`,
      `npm run extract-module -- ${module} --only source`,
    );
  }
  const gone = sourceElsewhere(module);
  if (gone !== undefined) {
    return order.tell({ module, source: gone }, `Nothing is left: the source is in ${gone}.\n`);
  }
  if (verb === 'status') {
    return order.tell({ module, source: null }, `The source of "${module}" is here.\n`);
  }
  await letGo({ ...order, dryRun: order.dryRun || verb === 'plan' });
}

/** Plans, and unless that is all, writes. */
export async function letGo({ wish, dryRun, tell, say }: SourceOrder): Promise<void> {
  const move = await planSource(wish);
  const lines = describeSource(move);
  if (!dryRun) moveSource(move);
  const { changes, tests, out } = move;
  tell({ dryRun, out, changes, tests }, lines);
  if (!dryRun) say(describeGone(move));
}
