import { CliError, listed } from '../../cli.js';
import { abort, finish, type Finished } from './end.js';
import { callItself } from '../sides/at-work.js';
import { catchUp, type CatchUpReport } from './catch-up.js';
import type { CompareReport } from '../compare/compare-meter.js';
import { copy, type CopyProgress } from './copy.js';
import { lsnsOf, note, type Verb } from '../sides/journal.js';
import { type Move, type MoveRequest, withMove } from '../sides/move.js';
import { findingsFor } from '../readiness/plan.js';
import type { Progress } from '../progress.js';
import type { Finding } from '../readiness/finding.js';
import { closeAway, prepare } from './prepare.js';
import { otherSide, type SideName } from '../sides/side.js';
import { connectBy } from '../sides/stream.js';
import { complete, type SwitchReport, switchTo } from './switch.js';
import { closedEpoch, meaning, type Stage } from '../sides/stage.js';
import { reopen } from './take-back.js';
import { compare, describeMismatches, type Verification } from '../compare/verify.js';

const MEGABYTE = 1_000_000;

export interface MoverOptions {
  /** Milliseconds that writers may have to wait in a switch. */
  readonly maxPause: number;
  /** Whether finishing also drops the rows that are left at home. */
  readonly drop?: boolean;
  /** Megabytes a second at most while rows are copied; 0 for no limit. */
  readonly rate?: number;
  readonly progress?: (progress: Progress) => void | Promise<void>;
}

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
    act: async (move, { drop = false }) => ({ left: await finish(move, drop) }),
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
    if (standing(verb, stage) === 'done') return { verb, stage };
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

const behind =
  ({ progress }: MoverOptions): CatchUpReport =>
  (now) =>
    progress?.({ step: 'catch up', ...now });

const comparing =
  ({ progress }: MoverOptions): CompareReport =>
  (now) =>
    progress?.({ step: 'compare', ...now });

async function verify(move: Move, options: MoverOptions) {
  const { stage, home: seen } = await move.look();
  const side: SideName = stage === 'away' ? 'away' : 'home';
  const sides = { from: move[side], to: move[otherSide(side)] };
  const arrived = () => catchUp(move.stream(side), move.module, { report: behind(options) });
  const tables = seen.tables.filter(({ holdsRows }) => holdsRows).map(({ name }) => name);
  const report = comparing(options);
  const verification = await compare(sides, move.module, tables, { catchUp: arrived, report });
  const lsns = { [side]: await sides.from.lsn() };
  await note(move.home, move.module, 'verify', 'done', { lsns, ...verification });
  if (verification.mismatches.length > 0) throw different(move.module, verification, side);
  return { verification };
}

/** The cutover leads away, the rollback home. */
function leading(target: SideName) {
  return target === 'away' ? 'cutover' : 'rollback';
}

/** @param reason why nobody has asked for it */
async function notedSwitch(
  move: Move,
  target: SideName,
  options: MoverOptions,
  reason?: 'mismatch',
): Promise<SwitchReport> {
  const { home, module } = move;
  const { maxPause } = options;
  const verb = leading(target);
  await note(home, module, verb, 'begun', { maxPause, reason });
  const done = await switchTo(move, target, { maxPause, report: comparing(options) });
  const { pause, lsns, verification } = done;
  await note(home, module, verb, 'done', { pause, lsns, ...verification });
  return done;
}

function lead(target: SideName): Act {
  const verb = leading(target);
  return async (move, options) => {
    const sight = await move.look();
    const { stage } = sight;
    // Somebody was killed on the way that is not wanted any more.
    if (stage === (target === 'home' ? 'leaving' : 'returning')) {
      await reopen(move, target, closedEpoch(sight[target]) as number);
      return {};
    }
    if (stage === 'arriving' || stage === 'landing') {
      await complete(move, target);
      const lsns = await lsnsOf([move.home, move.away]);
      await note(move.home, move.module, verb, 'done', { lsns, completed: true });
      // The snapshots behind the fence went with whoever was killed.
      return verify(move, options);
    }
    const { pause, verification } = await notedSwitch(move, target, options);
    if (verification.mismatches.length === 0) return { pause, verification };
    if (target === 'home') throw different(move.module, verification, 'home');
    const stays = await notedSwitch(move, 'home', options, 'mismatch').then(
      () => undefined,
      (error: Error) => error,
    );
    throw different(move.module, verification, stays ? 'away' : 'home', stays);
  };
}

/** @param stays why the module could not be brought home, if it could not */
const different = (
  module: string,
  { mismatches }: Verification,
  open: SideName,
  stays?: Error,
): CliError =>
  new CliError(
    `The two sides of "${module}" are not the same:${listed(describeMismatches(mismatches))}${stays ? `\n  and it could not be brought home: ${stays.message}` : ''}`,
    `Its rows are written ${open === 'home' ? 'at home' : 'on the other side'}; find out who else wrote to the copy. Then ${open === 'home' ? 'abort, and begin again' : 'rollback, or mend the rows at home'}.`,
    1,
    { cause: stays },
  );

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
