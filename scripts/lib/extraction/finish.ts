import { CliError } from '../cli.js';
import { planSource, sourceElsewhere, type SourceMove } from '../service/source-move.js';
import { letGo } from '../service/source-part.js';
import { describeStart } from '../service/start-it.js';
import type { DataWish } from './data-wish.js';
import { leftSchemas } from './sides/left.js';
import { type Move, withMove } from './sides/move.js';
import { extract, refuseElsewhere } from './steps/mover.js';
import { placeOf } from './sides/side.js';
import { doorOf, meaning, type Stage } from './sides/stage.js';

/**
 * Ends the replication, and lets the source follow; asks before rows no longer come home, and before
 * any are dropped. Whoever was killed in between has the same command go on.
 *
 * @throws {CliError} before anything is ended, when the source is to go and cannot
 */
export async function finish(wish: DataWish, stage: Stage): Promise<void> {
  const { request, mover, walker, tell, say } = wish;
  refuseElsewhere(request.module, 'finish', stage);
  const source = await sourceToFollow(wish);
  if (source) say(`${source.changes.length} paths follow the rows to ${source.out}`);
  const question = await withMove(request, 'look', (move) => questionBefore(move, mover.drop));
  if (question !== undefined && !(await walker.ask(question))) return;
  walker.report(await extract(request, 'finish', mover));
  const { module } = request;
  const gone = sourceElsewhere(module);
  if (gone !== undefined) {
    return tell({ module, source: gone }, `Nothing is left: the source is in ${gone}.\n`);
  }
  if (!source) return say(`The source of "${module}" stays here; --only source lets it go, too.`);
  letGo(source, wish);
  say(describeStart(module));
}

/** What is asked before a finish; nothing where it only goes on with one, and drops no rows. */
async function questionBefore(move: Move, drop = false): Promise<string | undefined> {
  const { home, module } = move;
  const sight = await move.look();
  const { is } = meaning[sight.stage];
  const here = doorOf(sight.home) === 'absent' ? [] : [module];
  const schemas = drop ? [...here, ...(await leftSchemas(home, module))] : [];
  const dropped = `${schemas.map((schema) => `"${schema}"`).join(', ')} in ${placeOf(home.url)}`;
  if (sight.stage === 'away') {
    const more = schemas.length > 0 ? ` The old rows are dropped for good: ${dropped}.` : '';
    return `${is}. Finish? Afterwards there is no rollback: nothing comes home any more.${more}`;
  }
  return schemas.length > 0 ? `${is}. Drop the old rows for good: ${dropped}?` : undefined;
}

async function sourceToFollow({ request, source }: DataWish): Promise<SourceMove | undefined> {
  const { module } = request;
  if (source === undefined || sourceElsewhere(module) !== undefined) return undefined;
  return planSource(source).catch((error: unknown) => {
    if (!(error instanceof CliError)) throw error;
    throw new CliError(
      `Nothing was finished, since the source cannot go. ${error.message}`,
      `${error.remedy}\n  Or let the rows go alone now: npm run extract-module -- ${module} finish --only data`,
      error.exitCode,
      { cause: error },
    );
  });
}
