import { name as quoted } from '../provision/statement.js';
import { removeFence } from './fence.js';
import { note } from './journal.js';
import type { Move } from './move.js';
import { withdraw } from './news.js';
import { dropStream } from './stream.js';
import { reopen } from './switch.js';
import { closedEpoch } from './stage.js';

/**
 * Takes back a move before its cutover: drops the streams and the copy, and takes the fence away.
 * The journal and the roles on the other server stay.
 */
export async function abort(move: Move): Promise<void> {
  const { home, module, awayIfThere: away } = move;
  const sight = await move.look();
  const epoch = closedEpoch(sight.home);
  if (epoch !== undefined) await reopen(move, 'home', epoch);
  await withdraw(move);
  if (away) {
    await dropStreams(move);
    await away.client.query(`drop schema if exists ${quoted(module)} cascade`);
  }
  await removeFence(home, module, (await move.look()).home.tables);
  await note(home, module, 'abort', 'done');
}

/** Drops both streams, whatever of them is there. */
async function dropStreams(move: Move): Promise<void> {
  const { home, away } = await move.look();
  await dropStream(move.stream('home'), away.subscriptions[move.names.home]);
  await dropStream(move.stream('away'), home.subscriptions[move.names.away]);
}

/**
 * Ends a move for good: the rows no longer come back home. What was home stays closed, with the rows
 * as they were last.
 */
export async function finish(move: Move): Promise<void> {
  const { home, module } = move;
  await dropStreams(move);
  await note(home, module, 'finish', 'done');
}
