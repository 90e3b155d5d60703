import type { Verb } from './journal.js';
import type { MoveRequest } from './move.js';
import { type Done, extract, type MoverOptions } from './mover.js';
import { meaning, type Stage } from './stage.js';

/** What asks before a verb that is hard, or impossible, to undo. */
export type Ask = (question: string) => Promise<boolean>;

/** What a walk does at each stage, and what it asks before. */
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
  away: {
    verb: 'finish',
    question: 'Finish? Afterwards there is no rollback: nothing comes home any more.',
  },
  returning: { verb: 'rollback' },
  landing: { verb: 'rollback' },
  finishing: { verb: 'finish' },
  finished: {},
};

/**
 * Does every verb that is left of a move, from wherever it stands, until somebody says no.
 *
 * @param report is told what each verb did
 * @returns the stage where it ended
 */
export async function walk(
  request: MoveRequest,
  options: MoverOptions,
  first: Stage,
  ask: Ask,
  report: (done: Done) => void,
): Promise<Stage> {
  let stage = first;
  for (;;) {
    const { verb, question } = steps[stage];
    if (verb === undefined) return stage;
    if (stage === 'in step') report(await extract(request, 'verify', options));
    if (question !== undefined && !(await ask(`${meaning[stage].is}. ${question}`))) return stage;
    const done = await extract(request, verb, options);
    report(done);
    stage = done.stage;
  }
}
