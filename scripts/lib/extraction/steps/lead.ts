import type { Verification } from '../compare/verify.js';
import { lsnsOf, note, readJournal, type Verb } from '../sides/journal.js';
import type { Move } from '../sides/move.js';
import type { SideName } from '../sides/side.js';
import { closedEpoch, type Stage } from '../sides/stage.js';
import { comparing, type MoverOptions } from './mover-options.js';
import { complete, type SwitchReport, switchTo } from './switch.js';
import { reopen } from './take-back.js';
import { different, verify } from './verify.js';

/** What is told of a switch. */
export interface Led {
  /** Milliseconds that writers had to wait. */
  readonly pause?: number;
  readonly verification?: Verification;
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

/** What leads to a side, or goes on where whoever was killed on the way there stood. */
export function lead(target: SideName) {
  const verb = leading(target);
  return async (move: Move, options: MoverOptions): Promise<Led> => {
    const sight = await move.look();
    const { stage } = sight;
    // Somebody was killed on the way that is not wanted any more.
    if (stage === (target === 'home' ? 'leaving' : 'returning')) {
      await reopen(move, target, closedEpoch(sight[target]) as number);
      return {};
    }
    if (stage === 'arriving' || stage === 'landing') {
      await complete(move, target);
      return compareAgain(move, verb, options);
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

/** The switch that has led to where a move stands. */
const ledHere: Partial<Record<Stage, Verb>> = { away: 'cutover', 'in step': 'rollback' };

/** Compares both sides if the switch that led here owes that: whoever made it was killed before he had. */
export async function settle(move: Move, options: MoverOptions): Promise<Led> {
  const verb = ledHere[(await move.look()).stage];
  if (verb === undefined) return {};
  const entries = await readJournal(move.home, move.module);
  const last = entries.filter((entry) => entry.verb === verb).at(-1);
  return last?.step === 'begun' ? compareAgain(move, verb, options) : {};
}

/** As `verify` does: the snapshots from behind the fence went with whoever was killed. */
async function compareAgain(move: Move, verb: Verb, options: MoverOptions): Promise<Led> {
  const { home, away, module } = move;
  const verified = await verify(move, options);
  await note(home, module, verb, 'done', { lsns: await lsnsOf([home, away]), completed: true });
  return verified;
}
