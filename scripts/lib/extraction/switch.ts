import { setTimeout as rest } from 'node:timers/promises';
import { faultPoint } from '#platform/fault';
import { CliError } from '../cli.js';
import { arm, type Armed } from './arm.js';
import { openSide, putFence, readSequences } from './fence.js';
import { note } from './journal.js';
import { passMarker } from './marker.js';
import type { Move } from './move.js';
import { flip, withdraw } from './news.js';
import type { Side, SideName } from './side.js';
import type { SideSight } from './sight.js';
import { closedEpoch, doorOf } from './stage.js';
import { dropStream, enableStream, startFromHere } from './stream.js';
import { compare, type Verification } from './verify.js';

/** What a switch took, and what the comparison behind the fence found. */
export interface SwitchReport {
  /** Milliseconds from the first closed table until everybody had been told. */
  readonly pause: number;
  readonly verification: Verification;
}

/** Sessions beside the movers' own: to close tables, and to hold both sides as they were then. */
interface Sessions {
  readonly fencers: readonly Side[];
  readonly from: Side;
  readonly to: Side;
}

/** Milliseconds for which those who have waited have the servers for themselves. */
const BREATH = 250;
/** Sessions that close tables at once. */
const WIDTH = 4;

export const otherSide = (side: SideName): SideName => (side === 'home' ? 'away' : 'home');

/**
 * Leads the writes to one side: closes the other, waits until all has arrived, opens this one. The
 * streams change places with it, so that the way back stays open.
 *
 * Until this side is open, whatever fails is taken back here, and a mover that was killed leaves
 * that to the next command. From then on there is only forward.
 *
 * @param maxPause milliseconds from the first closed table within which this side has to be open
 * @throws {CliError} when it was taken back, saying why
 */
export async function switchTo(
  move: Move,
  target: SideName,
  maxPause: number,
): Promise<SwitchReport> {
  const [from, to] = [move[otherSide(target)], move[target]];
  const armed = await arm(move, target, maxPause).catch(async (error: unknown) => {
    // Closed by somebody who was killed: better open for now than closed until it works.
    const epoch = closedEpoch((await move.look())[otherSide(target)]);
    if (epoch !== undefined) await reopen(move, otherSide(target), epoch);
    await withdraw(move);
    throw error;
  });
  await faultPoint('move.armed');
  return withSessions(from, to, async (sessions) => {
    const began = performance.now();
    try {
      await cross(move, { from, to }, sessions, armed, began + maxPause);
    } catch (error) {
      await takeBack(move, target, armed, error as Error);
    }
    await faultPoint('move.opened');
    await flip(move, target, armed.open);
    const pause = performance.now() - began;
    await faultPoint('move.flipped');
    await rest(BREATH);
    await settle(move, target);
    const verification = await compare(sessions, move.module, armed.rowTables);
    return { pause, verification };
  });
}

const withSessions = <T>(from: Side, to: Side, work: (sessions: Sessions) => Promise<T>) =>
  from.withMore(WIDTH + 1, ([pinned, ...fencers]) =>
    to.withMore(1, ([other]) => work({ fencers, from: pinned as Side, to: other as Side })),
  );

/** The part in which nobody writes. */
async function cross(
  { module }: Move,
  { from, to }: { from: Side; to: Side },
  sessions: Sessions,
  armed: Armed,
  deadline: number,
): Promise<void> {
  await putFence(sessions.fencers, module, armed.toClose, armed.close, deadline);
  await faultPoint('move.fenced');
  const [sequences] = await Promise.all([
    readSequences(sessions.from, module).finally(() => pin(sessions.from)),
    passMarker(from, to, module, { epoch: armed.close, deadline }),
  ]);
  await Promise.all([pin(sessions.to), startFromHere(armed.wayBack, armed.wayBackSeen)]);
  await faultPoint('move.drained');
  if (performance.now() > deadline) {
    throw new CliError('It took longer than the pause may be.', 'Give it more with --max-pause.');
  }
  await openSide(to, module, armed.open, sequences);
}

/** Keeps what a session sees as it is now, to be compared when everybody is at work again. */
const pin = (session: Side) =>
  session.client.query('begin isolation level repeatable read read only; select 1');

/**
 * Opens the side again that was closed, and tells everybody who waits.
 *
 * @throws {CliError} saying why; unless the other side turns out to be open: then it is done
 */
async function takeBack(move: Move, target: SideName, armed: Armed, reason: Error): Promise<void> {
  const sight = await move.look().catch((cause: unknown) => {
    throw new CliError(
      `Nobody can say whether the switch took place, since a server is away: ${reason.message}`,
      'Repeat the command at once when it is back: writers wait until then.',
      1,
      { cause },
    );
  });
  if (doorOf(sight[target]) === 'open') return;
  await reopen(move, otherSide(target), armed.close);
  throw new CliError(
    `Everything is as it was before. The switch was taken back: ${reason.message}`,
    reason instanceof CliError ? reason.remedy : 'Mend that, and repeat the command.',
    1,
    { cause: reason },
  );
}

/**
 * Opens a side that was closed and never left, at a new epoch, and drops the way back to it.
 *
 * @param epoch the one of its fences
 */
export async function reopen(move: Move, side: SideName, epoch: number): Promise<void> {
  await openSide(move[side], move.module, epoch, []);
  await flip(move, side, epoch);
  const sight = await move.look();
  const wayBack = move.stream(otherSide(side));
  await dropStream(wayBack, sight[side].subscriptions[wayBack.name]);
  await note(move.home, move.module, side === 'home' ? 'cutover' : 'rollback', 'taken back', {
    epoch,
  });
}

/** Lets the way back run, in place of the stream that led here. In this order, lest rows go in a circle. */
async function settle(move: Move, target: SideName): Promise<void> {
  const sight = await move.look();
  const wayHere = move.stream(otherSide(target));
  await dropStream(wayHere, sight[target].subscriptions[wayHere.name]);
  await faultPoint('move.old-stream-dropped');
  await enableStream(move.stream(target));
}

/** Goes on where a mover was killed after a side had been opened. */
export async function complete(move: Move, target: SideName): Promise<void> {
  const sight = await move.look();
  await flip(move, target, openEpoch(sight[target]));
  await settle(move, target);
}

const openEpoch = ({ tables, opened }: SideSight): number =>
  Math.max(
    ...tables.flatMap(({ epoch }) => (epoch !== null && opened.includes(epoch) ? [epoch] : [])),
  );
