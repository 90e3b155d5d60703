import { CliError } from '../cli.js';
import { planSource, sourceElsewhere, type SourceMove } from '../service/source-move.js';
import { letGo } from '../service/source-part.js';
import { describeStart } from '../service/start-it.js';
import type { DataWish } from './data-wish.js';
import { extract, refuseElsewhere } from './mover.js';
import type { Stage } from './stage.js';
import { step } from './walk.js';

/**
 * Ends the replication, after asking, and lets the source follow. Whoever was killed in between has
 * the same command go on.
 *
 * @throws {CliError} before anything is ended, when the source is to go and cannot
 */
export async function finish(wish: DataWish, stage: Stage): Promise<void> {
  const { request, mover, walker, tell, say } = wish;
  refuseElsewhere(request.module, 'finish', stage);
  const source = await sourceToFollow(wish);
  if (source) say(`${source.changes.length} paths follow the rows to ${source.out}`);
  if (stage === 'away') {
    if ((await step(request, mover, stage, walker)) === 'away') return;
  } else walker.report(await extract(request, 'finish', mover));
  const { module } = request;
  const gone = sourceElsewhere(module);
  if (gone !== undefined) {
    return tell({ module, source: gone }, `Nothing is left: the source is in ${gone}.\n`);
  }
  if (!source) return say(`The source of "${module}" stays here; --only source lets it go, too.`);
  letGo(source, wish);
  say(describeStart(module));
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
