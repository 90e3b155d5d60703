import { CliError, listed } from '../../cli.js';
import type { Verification } from '../compare/verify.js';
import type { Finding } from '../readiness/finding.js';
import { findingsFor } from '../readiness/plan.js';
import { callItself } from '../sides/at-work.js';
import type { Verb } from '../sides/journal.js';
import { type Move, type MoveRequest, withMove } from '../sides/move.js';
import { meaning, type Stage } from '../sides/stage.js';
import { connectBy } from '../sides/stream.js';
import { copy, type CopyProgress } from './copy.js';
import { abort, finish, type Finished } from './end.js';
import { lead, settle } from './lead.js';
import { behind, type MoverOptions } from './mover-options.js';
import { closeAway, prepare } from './prepare.js';
import { verify } from './verify.js';

const MEGABYTE = 1_000_000;

/** What a verb did: nothing but say where the move stands, when it had been done before. */
export interface Done {
  readonly verb: Verb;
  readonly stage: Stage;
  /** Milliseconds that writers had to wait. */
  readonly pause?: number;
  readonly verification?: Verification;
  readonly seconds?: number;
  readonly left?: Finished;
}

type Act = (move: Move, options: MoverOptions) => Promise<Omit<Done, 'verb' | 'stage'>>;

/** Where a verb begins, where it has been done already, and what it does. */
interface Rule {
  readonly from: readonly Stage[];
  readonly done: readonly Stage[];
  readonly act: Act;
}

const rules: Record<Exclude<Verb, 'prepare'>, Rule> = {
  copy: { from: ['prepared', 'copying'], done: ['in step'], act: copyRows },
  verify: { from: ['in step', 'away'], done: [], act: verify },
  cutover: {
    from: ['in step', 'leaving', 'arriving', 'returning'],
    done: ['away'],
    act: lead('away'),
  },
  rollback: {
    from: ['away', 'returning', 'landing', 'leaving'],
    done: ['in step'],
    act: lead('home'),
  },
  finish: {
    from: ['away', 'finishing', 'finished'],
    done: [],
    act: async (move, options) => {
      const settled = await settle(move, options);
      return { ...settled, left: await finish(move, options.drop ?? false) };
    },
  },
  abort: {
    from: ['none', 'prepared', 'copying', 'in step', 'leaving'],
    done: [],
    act: async (move) => {
      await abort(move);
      return {};
    },
  },
};

/** Whether a verb begins at a stage, has been done there already, or belongs elsewhere. */
export function standing(verb: Verb, stage: Stage): 'begins' | 'done' | 'elsewhere' {
  if (verb === 'prepare') {
    if (stage === 'none') return 'begins';
    return stage === 'finishing' || stage === 'finished' ? 'elsewhere' : 'done';
  }
  const { from, done } = rules[verb];
  if (done.includes(stage)) return 'done';
  return from.includes(stage) ? 'begins' : 'elsewhere';
}

/**
 * Does one verb of a move, or goes on with it where a killed mover stood.
 *
 * @throws {CliError} when the move stands elsewhere, or the verb found something in its way
 */
export async function extract(
  request: MoveRequest,
  verb: Verb,
  options: MoverOptions,
): Promise<Done> {
  if (verb === 'prepare') return prepareTarget(request);
  const { act } = rules[verb];
  return withMove(request, 'change', async (move) => {
    await callItself(move.home, move.module, verb);
    const { stage, away: seen } = await move.look();
    // Whoever was killed while he throttled the copy has left it a way that leads nowhere.
    const detour = seen.subscriptions[move.names.home]?.detour;
    if (stage === 'in step' && detour) await connectBy(move.stream('home'));
    if (standing(verb, stage) === 'done') {
      return { verb, stage, ...(await settle(move, options)) };
    }
    refuseElsewhere(request.module, verb, stage);
    const result = await act(move, options);
    return { verb, stage: (await move.look()).stage, ...result };
  });
}

/** In two parts, since the other database may have to be made before anybody can be alone there. */
async function prepareTarget(request: MoveRequest): Promise<Done> {
  await withMove(request, 'change', async (move) => {
    const { stage } = await move.look();
    refuseElsewhere(request.module, 'prepare', stage);
    if (standing('prepare', stage) === 'done') return;
    refuse(await findingsFor(move));
    await prepare(move);
  });
  await closeAway(request);
  return withMove(request, 'look', async (move) => ({
    verb: 'prepare',
    stage: (await move.look()).stage,
  }));
}

async function copyRows(move: Move, options: MoverOptions) {
  const { progress, rate = 0 } = options;
  const report = (now: CopyProgress) => progress?.({ step: 'copy', ...now });
  const catchingUp = behind(options);
  return { seconds: await copy(move, { report, catchingUp, rate: rate * MEGABYTE }) };
}

/** @throws {CliError} naming all that stands in the way of a move */
function refuse(findings: readonly Finding[]): void {
  const refusals = findings.filter(({ level }) => level === 'refusal');
  if (refusals.length === 0) return;
  throw new CliError(
    `The module cannot be moved as it is:${listed(refusals.map(({ rule, fact, remedy }) => `${rule}: ${fact}\n    ${remedy}`))}`,
    'Mend that first. See docs/extracting-a-module.md#refusals',
  );
}

/** @throws {CliError} when a verb neither begins at a stage nor has been done there */
export function refuseElsewhere(module: string, verb: Verb, stage: Stage): void {
  if (standing(verb, stage) !== 'elsewhere') return;
  throw new CliError(
    `"${module}" is not where "${verb}" begins: ${meaning[stage].is}.`,
    `What comes next: ${meaning[stage].next}`,
  );
}
