import { CliError } from '../../cli.js';
import type { Armed } from './arm.js';
import { openSide } from '../sides/fence.js';
import { note } from '../sides/journal.js';
import type { Move } from '../sides/move.js';
import { flip, withdraw } from '../sides/news.js';
import { otherSide, type SideName } from '../sides/side.js';
import { closedEpoch, doorOf } from '../sides/stage.js';
import { dropStream } from '../sides/stream.js';
import { within } from './within.js';

/** Milliseconds for which what is not needed to let everybody write is waited for. */
const MOMENT = 5_000;
const MINUTE = 60_000;

/** Takes back what was made ready, where nothing has been closed, or by somebody who was killed. */
export async function disarm(move: Move, leaving: SideName): Promise<void> {
  const epoch = closedEpoch((await move.look())[leaving]);
  // Better open for now than closed until it works.
  if (epoch !== undefined) await reopen(move, leaving, epoch);
  else await dropWayBack(move, leaving);
  await withdraw(move);
}

/** Takes a switch back if it did not take place. */
export async function takeBackUnlessOpen(
  move: Move,
  target: SideName,
  armed: Armed,
  reason: Error,
) {
  const sight = await within(performance.now() + MINUTE, move.look()).catch((cause: unknown) => {
    throw undecided('Nobody can say whether the switch took place', reason, cause);
  });
  if (doorOf(sight[target]) !== 'open') await takeBack(move, target, armed, reason);
}

/**
 * Opens the side again that was closed, and tells everybody who waits.
 *
 * @throws {CliError} saying why
 */
export async function takeBack(
  move: Move,
  target: SideName,
  armed: Armed,
  reason: Error,
): Promise<never> {
  const side = otherSide(target);
  await openAgain(move, side, armed.close).catch((cause: unknown) => {
    throw undecided('Nobody can write', reason, cause);
  });
  // A server that is away keeps its end: the next switch goes on with it, and abort drops it.
  await within(performance.now() + MOMENT, dropWayBack(move, side)).catch(() => undefined);
  throw new CliError(
    `Everything is as it was before. The switch was taken back: ${reason.message}`,
    reason instanceof CliError ? reason.remedy : 'Mend that, and repeat the command.',
    1,
    { cause: reason },
  );
}

const undecided = (what: string, reason: Error, cause: unknown) =>
  new CliError(
    `${what}, since a server is away: ${reason.message}`,
    'Repeat the command at once when it is back: writers wait until then.',
    1,
    { cause },
  );

/**
 * Opens a side that was closed and never left, at a new epoch, and drops the way back to it.
 *
 * @param epoch the one of its fences
 */
export async function reopen(move: Move, side: SideName, epoch: number): Promise<void> {
  await openAgain(move, side, epoch);
  await dropWayBack(move, side);
}

async function openAgain(move: Move, side: SideName, epoch: number): Promise<void> {
  await openSide(move[side], move.module, epoch, []);
  await flip(move, side, epoch);
  await note(move.home, move.module, side === 'home' ? 'cutover' : 'rollback', 'taken back', {
    epoch,
  });
}

async function dropWayBack(move: Move, side: SideName): Promise<void> {
  const sight = await move.look();
  const wayBack = move.stream(otherSide(side));
  await dropStream(wayBack, sight[side].subscriptions[wayBack.name]);
}
