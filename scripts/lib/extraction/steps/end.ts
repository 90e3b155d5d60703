import { faultPoint } from '#platform/fault';
import { name as quoted } from '../../provision/statement.js';
import { removeFence } from '../sides/fence.js';
import { leadsTo, lsnsOf, note, readJournal } from '../sides/journal.js';
import { dropLeft, leaveHome, leftSchemas } from '../sides/left.js';
import type { Move } from '../sides/move.js';
import { withdraw } from '../sides/news.js';
import { joinOwner, leaveOwner } from '../readiness/privileges.js';
import type { Side } from '../sides/side.js';
import { dropStream } from '../sides/stream.js';
import { closedEpoch } from '../sides/stage.js';
import { reopen } from './take-back.js';

/**
 * Takes back a move before its cutover: drops the streams and the copy, and takes the fence away.
 * The journal stays, and so do the other database and its roles, which others may have come to use. In
 * a database to which no move of the module leads, nothing is touched.
 */
export async function abort(move: Move): Promise<void> {
  const { home, module, ownerRole } = move;
  const away = await awayOfOurs(move);
  const sides = away ? [home, away] : [home];
  await note(home, module, 'abort', 'begun', { lsns: await lsnsOf(sides) });
  for (const side of sides) await joinOwner(side, ownerRole);
  const sight = await move.look();
  const epoch = closedEpoch(sight.home);
  if (epoch !== undefined) await reopen(move, 'home', epoch);
  await withdraw(move);
  if (away) {
    await dropStreams(move);
    await faultPoint('move.streams-dropped');
    if (await isOwned(away, module, ownerRole)) {
      await away.client.query(`drop schema ${quoted(module)} cascade`);
    }
    await faultPoint('move.copy-dropped');
  }
  await removeFence(home, module, (await move.look()).home.tables);
  for (const side of sides) await leaveOwner(side, ownerRole);
  await note(home, module, 'abort', 'done', { lsns: await lsnsOf(sides) });
}

/** The other side, if a move has begun there: whoever mistypes a target loses nothing in it. */
async function awayOfOurs({ home, module, awayIfThere: away }: Move): Promise<Side | undefined> {
  return away && (await leadsTo(home, module, away.url)) ? away : undefined;
}

/** Whether a schema is there, and its owner is the module's: what a prepare was refused is not. */
async function isOwned(side: Side, module: string, owner: string): Promise<boolean> {
  const owned = 'select from pg_namespace where nspname = $1 and pg_get_userbyid(nspowner) = $2';
  return (await side.rows(owned, [module, owner])).length > 0;
}

/** Drops both streams, whatever of them is there. */
async function dropStreams(move: Move): Promise<void> {
  const { home, away } = await move.look();
  await dropStream(move.stream('home'), away.subscriptions[move.names.home]);
  await dropStream(move.stream('away'), home.subscriptions[move.names.away]);
}

/** What finishing did with the old rows at home: schemas that are there still, or were dropped. */
export interface Finished {
  readonly kept: readonly string[];
  readonly dropped: readonly string[];
}

/**
 * Ends a move for good: the rows no longer come back home, and nothing of the move is left on the
 * other side. What was home is put aside, with the rows as they were last.
 *
 * @param drop whether the old rows go, too; also those that an earlier call has kept
 */
export async function finish(move: Move, drop: boolean): Promise<Finished> {
  const { home, away, module, ownerRole } = move;
  const sides = [home, away];
  if ((await move.look()).stage !== 'finished') await endStreams(move);
  await faultPoint('move.fence-removed');
  for (const side of sides) await leaveOwner(side, ownerRole);
  const dropped = drop ? await dropLeft(move) : [];
  const kept = await leftSchemas(home, module);
  if (dropped.length > 0 || !(await isEnded(home, module))) {
    const details = { kept, dropped, lsns: await lsnsOf(sides) };
    await note(home, module, 'finish', 'done', details);
  }
  return { kept, dropped };
}

/** Leaves nothing of the move but what was home, which is put aside. */
async function endStreams(move: Move): Promise<void> {
  const { home, away, module, ownerRole } = move;
  await note(home, module, 'finish', 'begun', { lsns: await lsnsOf([home, away]) });
  for (const side of [home, away]) await joinOwner(side, ownerRole);
  await dropStreams(move);
  await faultPoint('move.streams-dropped');
  await leaveHome(move);
  await faultPoint('move.home-left');
  await removeFence(away, module, (await move.look()).away.tables);
}

/** Whether nothing is noted of a move since one was finished. */
async function isEnded(home: Side, module: string): Promise<boolean> {
  const last = (await readJournal(home, module)).filter(({ verb }) => verb === 'finish').at(-1);
  return last?.step === 'done';
}
