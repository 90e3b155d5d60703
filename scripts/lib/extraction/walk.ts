import type { Verb } from './sides/journal.js';
import type { MoveRequest } from './sides/move.js';
import { type Done, extract } from './steps/mover.js';
import type { MoverOptions } from './steps/mover-options.js';
import { meaning, type Stage } from './sides/stage.js';

/** What asks before a verb that is hard, or impossible, to undo. */
export type Ask = (question: string) => Promise<boolean>;

/** Who is asked on the way, and told what each verb did. */
export interface Walker {
  readonly ask: Ask;
  readonly report: (done: Done) => void;
}

/** What a walk does at each stage, and what it asks before; a finish asks by itself. */
const steps: Readonly<Record<Stage, { verb?: Verb; question?: string }>> = {
  none: { verb: 'prepare' },
  prepared: { verb: 'copy' },
  copying: { verb: 'copy' },
  'in step': {
    verb: 'cutover',
    question:
      'Lead the writes to the other side now? Callers wait for a moment; until finish it can be undone.',
  },
  leaving: { verb: 'cutover' },
  arriving: { verb: 'cutover' },
  away: { verb: 'finish' },
  returning: { verb: 'rollback' },
  landing: { verb: 'rollback' },
  finishing: { verb: 'finish' },
  finished: {},
};

/** The stages of a move in which nobody is killed. */
const ORDER: readonly Stage[] = ['none', 'prepared', 'in step', 'away', 'finished'];

/** The verbs that a walk does from a stage on, in their order. */
export function verbsFrom(stage: Stage): Verb[] {
  const { verb } = steps[stage];
  const here = ORDER.findIndex((each) => steps[each].verb === verb);
  const later = here < 0 ? [] : ORDER.slice(here + 1);
  return [stage, ...later].flatMap((each) => [
    ...(each === 'in step' ? (['verify'] as const) : []),
    ...(steps[each].verb ? [steps[each].verb] : []),
  ]);
}

/**
 * Does one step of a walk.
 *
 * @returns the stage afterwards; the same as before when somebody said no, or nothing is left
 */
async function step(
  request: MoveRequest,
  options: MoverOptions,
  stage: Stage,
  { ask, report }: Walker,
): Promise<Stage> {
  const { verb, question } = steps[stage];
  if (verb === undefined) return stage;
  if (stage === 'in step') report(await extract(request, 'verify', options));
  if (question !== undefined && !(await ask(`${meaning[stage].is}. ${question}`))) return stage;
  const done = await extract(request, verb, options);
  report(done);
  return done.stage;
}

/** Does every verb that is left of a move until it is to be finished, or somebody says no. */
export async function walk(
  request: MoveRequest,
  options: MoverOptions,
  first: Stage,
  walker: Walker,
): Promise<Stage> {
  let stage = first;
  for (let before; stage !== before && steps[stage].verb !== 'finish';) {
    before = stage;
    stage = await step(request, options, stage, walker);
  }
  return stage;
}
