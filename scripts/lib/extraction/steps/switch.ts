import { setTimeout as rest } from 'node:timers/promises';
import { faultPoint } from '#platform/fault';
import { arm, type Armed } from './arm.js';
import type { CompareReport } from '../compare/compare-meter.js';
import { openSide, putFence, readSequences, type SequenceState } from '../sides/fence.js';
import { passMarker } from '../sides/marker.js';
import type { Move } from '../sides/move.js';
import { flip } from '../sides/news.js';
import { otherSide, type Side, type SideName } from '../sides/side.js';
import type { SideSight } from '../sides/sight.js';
import { dropStream, enableStream, startFromHere } from '../sides/stream.js';
import { disarm, takeBack, takeBackUnlessOpen } from './take-back.js';
import { compare, type Verification } from '../compare/verify.js';
import { tooLong, unlessStopped, within } from './within.js';

/** What a switch took, and what the comparison behind the fence found. */
export interface SwitchReport {
  /** LSNs of both sides at the snapshots that are compared. */
  readonly lsns: Readonly<Record<SideName, string>>;
  /** Milliseconds from the first closed table until everybody had been told. */
  readonly pause: number;
  readonly verification: Verification;
}

export interface SwitchOptions {
  /** Milliseconds from the first closed table within which the other side has to be open. */
  readonly maxPause: number;
  /** For the comparison behind the fence. */
  readonly report: CompareReport;
}

/** Sessions beside the movers' own: to close tables, and to hold both sides as they were then. */
interface Sessions {
  readonly fencers: readonly Side[];
  readonly from: Side;
  readonly to: Side;
}

/** Milliseconds for which those who have waited have the servers for themselves. */
const BREATH = 250;
/** Milliseconds beyond the pause for which a server that does not answer is waited for. */
const LATE = 500;
const MINUTE = 60_000;
/** Sessions that close tables at once. */
const WIDTH = 4;

/**
 * Leads the writes to one side: closes the other, waits until all has arrived, opens this one. The
 * streams change places with it, so that the way back stays open.
 *
 * Until this side is open, whatever fails or is stopped is taken back here, and a mover that was killed leaves
 * that to the next command. From then on there is only forward.
 *
 * @throws {CliError} when it was taken back, saying why
 */
export async function switchTo(
  move: Move,
  target: SideName,
  { maxPause, report }: SwitchOptions,
): Promise<SwitchReport> {
  const [from, to] = [move[otherSide(target)], move[target]];
  return withSessions(from, to, async (sessions) => {
    const armed = await arm(move, target, maxPause).catch(async (error: unknown) => {
      await disarm(move, otherSide(target));
      throw error;
    });
    await faultPoint('move.armed');
    const crossed = await unlessStopped((stopped) =>
      cross(move, target, sessions, armed, { maxPause, stopped }),
    );
    await faultPoint('move.flipped');
    await rest(BREATH);
    await settle(move, target);
    const verification = await compare(sessions, move.module, armed.rowTables, { report });
    return { ...crossed, verification };
  });
}

const withSessions = <T>(from: Side, to: Side, work: (sessions: Sessions) => Promise<T>) =>
  from.withMore(WIDTH + 1, ([pinned, ...fencers]) =>
    to.withMore(1, ([other]) => work({ fencers, from: pinned as Side, to: other as Side })),
  );

/** What a side that was closed had, once the other one has it too. */
interface Drained extends Pick<SwitchReport, 'lsns'> {
  readonly sequences: readonly SequenceState[];
}

/**
 * The part in which nobody writes.
 *
 * @param until.stopped fails when somebody wants to stop it
 * @returns milliseconds that it took, and the LSNs of the snapshots
 */
async function cross(
  move: Move,
  target: SideName,
  sessions: Sessions,
  armed: Armed,
  { maxPause, stopped }: { maxPause: number; stopped: Promise<never> },
): Promise<Omit<SwitchReport, 'verification'>> {
  const [from, to] = [move[otherSide(target)], move[target]];
  const began = performance.now();
  const deadline = began + maxPause;
  // Nothing can be open before this is done, so that what fails here is taken back by itself.
  const { sequences, lsns } = await within(
    deadline + LATE,
    Promise.race([drain(move, { from, to }, sessions, armed, deadline), stopped]),
  ).catch((error: Error) => takeBack(move, target, armed, error));
  await within(performance.now() + MINUTE, openSide(to, move.module, armed.open, sequences)).catch(
    (error: Error) => takeBackUnlessOpen(move, target, armed, error),
  );
  await faultPoint('move.opened');
  await flip(move, target, armed.open);
  return { pause: performance.now() - began, lsns };
}

/** Its first half, up to where the other side has everything and may be opened. */
async function drain(
  { module }: Move,
  { from, to }: { from: Side; to: Side },
  sessions: Sessions,
  armed: Armed,
  deadline: number,
): Promise<Drained> {
  await putFence(sessions.fencers, module, armed.toClose, armed.close, deadline);
  await faultPoint('move.fenced');
  const [{ sequences, left }] = await Promise.all([
    readSequences(sessions.from, module).then(async (read) => ({
      sequences: read,
      left: await pin(sessions.from),
    })),
    passMarker(from, to, module, { epoch: armed.close, deadline }),
  ]);
  const [reached] = await Promise.all([
    pin(sessions.to),
    startFromHere(armed.wayBack, armed.wayBackSeen),
  ]);
  await faultPoint('move.drained');
  if (performance.now() > deadline) throw tooLong();
  const lsns = { [from.name]: left, [to.name]: reached } as Record<SideName, string>;
  return { sequences, lsns };
}

/** Keeps what a session sees as it is now, to be compared when everybody is at work again. Gives its LSN. */
const pin = (session: Side): Promise<string> =>
  session.lsn('begin isolation level repeatable read read only');

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
