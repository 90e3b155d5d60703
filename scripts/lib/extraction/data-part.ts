import { CliError, listed } from '../cli.js';
import { planSource, sourceElsewhere } from '../service/source-move.js';
import { letGo } from '../service/source-part.js';
import { stepsOf } from './dry-run.js';
import type { DataWish } from './data-wish.js';
import { finish } from './finish.js';
import type { Verb } from './sides/journal.js';
import { withMove } from './sides/move.js';
import { type Done, extract, refuseElsewhere, standing } from './steps/mover.js';
import { describeDone, describeStatus } from './report.js';
import { doorOf, meaning, type Stage } from './sides/stage.js';
import { statusOf } from './status.js';
import { tellAll } from './tell.js';
import { verbsFrom, walk } from './walk.js';
import { describeWhole, isRefused, planWhole } from './readiness/whole-plan.js';

/**
 * Does one verb of a move, or without one all that are left.
 *
 * @returns whether nothing has to be mended first
 * @throws {CliError} when something is in the way
 */
export async function actOnData(
  verb: Verb | 'plan' | 'status' | undefined,
  wish: DataWish,
): Promise<boolean> {
  const { request, walker, tell } = wish;
  if (verb === 'plan') {
    const plan = await planWhole(request, wish.source);
    tell(plan, describeWhole(plan));
    return !isRefused(plan);
  }
  if (verb === 'status') {
    const status = await withMove(request, 'look', statusOf);
    const source = sourceElsewhere(request.module) ?? null;
    const text = `  its source is ${source === null ? 'here' : `in ${source}`}\n`;
    tell({ ...status, source }, `${describeStatus(status)}${text}`);
    return true;
  }
  const { stage, home, placement } = await withMove(request, 'look', (move) => move.look());
  const begins = placement.database === null && ['absent', 'unfenced'].includes(doorOf(home));
  if (begins && (verb === undefined || verb === 'prepare')) refuseWithoutMigrations(request.module);
  if (verb !== undefined && verb !== 'finish') await oneVerb(verb, wish, stage);
  else {
    await tellAll(tell, (all) => {
      const report = (done: Done) => all(done, describeDone(done));
      return severalVerbs(verb, { ...wish, tell: all, walker: { ...walker, report } }, stage);
    });
  }
  return true;
}

async function oneVerb(verb: Verb, wish: DataWish, stage: Stage): Promise<void> {
  if (wish.dryRun) return sayWhatItWouldDo(verb, wish, stage);
  wish.walker.report(await extract(wish.request, verb, wish.mover));
}

/** What a source may follow: a finish, or all that is left. */
async function severalVerbs(
  verb: 'finish' | undefined,
  wish: DataWish,
  stage: Stage,
): Promise<void> {
  if (wish.dryRun) return sayWhatItWouldDo(verb, wish, stage);
  if (verb === 'finish') return finish(wish, stage);
  const last = await walk(wish.request, wish.mover, stage, wish.walker);
  if (verbsFrom(last).at(0) === 'finish' || last === 'finished') await finish(wish, last);
}

/** @throws {CliError} when the other database cannot be made by the module's own migrations */
function refuseWithoutMigrations(module: string): void {
  const gone = sourceElsewhere(module);
  if (gone === undefined) return;
  throw new CliError(
    `The source of "${module}" is in ${gone}, and its migrations with it: its rows cannot go from here any more.`,
    'Take the source back, let the rows go, and then the source again. See docs/extracting-the-source.md',
  );
}

/** Says what one verb, or all that are left, would do. */
async function sayWhatItWouldDo(
  verb: Verb | undefined,
  wish: DataWish,
  stage: Stage,
): Promise<void> {
  const { request, source, tell, say } = wish;
  const { module } = request;
  if (verb !== undefined && standing(verb, stage) === 'done') {
    return tell({ verb, steps: [] }, `${verb} would do nothing: ${meaning[stage].is}\n`);
  }
  // Of what is to come later it is said, too: the walk gets there.
  if (verb !== undefined && !verbsFrom(stage).includes(verb)) refuseElsewhere(module, verb, stage);
  say(`${module}: ${meaning[stage].is}; what comes next: ${meaning[stage].next}`);
  for (const each of verb ? [verb] : verbsFrom(stage)) {
    const steps = await withMove(request, 'look', (move) => stepsOf(move, each));
    const text = `${each} would:${listed(steps) || ' do nothing'}\n`;
    if (each !== 'finish' || !source) tell({ verb: each, steps }, text);
    // What is printed is the files then, and nothing else.
    else say(text.trimEnd());
  }
  const follows = verb === 'finish' || verb === undefined;
  if (!follows || !source || sourceElsewhere(module) !== undefined) return;
  letGo(await planSource(source), wish);
}
