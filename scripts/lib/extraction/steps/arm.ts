import { CliError, listed } from '../../cli.js';
import { busiestFirst, putFence } from '../sides/fence.js';
import { passMarker } from '../sides/marker.js';
import type { Move } from '../sides/move.js';
import { announce } from '../sides/news.js';
import { refuseDifferences } from './prepare.js';
import { otherSide, type Side, type SideName } from '../sides/side.js';
import {
  isUsable,
  type SideSight,
  type SubscriptionSight,
  type TableSight,
} from '../sides/sight.js';
import { doorOf, freshEpoch } from '../sides/stage.js';
import { dropStream, makeStream, type Stream } from '../sides/stream.js';

/** All that a switch needs to have before anything is closed. */
export interface Armed {
  /** The epoch at which the side to leave would open again. */
  readonly close: number;
  /** The epoch at which the other side opens. */
  readonly open: number;
  /** In the order in which to close them. */
  readonly toClose: readonly TableSight[];
  readonly rowTables: readonly string[];
  /** The stream to the side that is left, in place and not running. */
  readonly wayBack: Stream;
  readonly wayBackSeen: SubscriptionSight;
}

const MINUTE = 60_000;

/**
 * Makes ready for a switch, while everybody writes.
 *
 * @param maxPause milliseconds that the pause may take
 * @throws {CliError} when it could not be made within that: the copy is behind, somebody holds a
 *   table, or the schemas are no longer the same
 */
export async function arm(move: Move, target: SideName, maxPause: number): Promise<Armed> {
  const { module } = move;
  const leaving = otherSide(target);
  const [from, to] = [move[leaving], move[target]];
  // Who comes after a killed mover finds the fence up, and nobody to wait for.
  const fresh = doorOf((await move.look())[leaving]) !== 'closed';
  if (leaving === 'away') await refuseLostWayHome(move);
  await refuseDifferences(move);
  if (fresh) await refuseHolders(from, module, maxPause);
  await passMarker(from, to, module, { epoch: 0, deadline: performance.now() + maxPause });
  const wayBack = move.stream(target);
  await dropLost(move, wayBack, leaving);
  const before = await move.look();
  const ends = { from: before[target], to: before[leaving] };
  await makeStream(wayBack, ends, { module, copy: false });

  const open = await readyToOpen(move, target);
  if (fresh) await announce(move, target, open);
  const sight = await move.look();
  const close = closedAlready(sight[leaving]) ?? freshEpoch(sight);
  const toClose = sight[leaving].tables.filter(({ epoch }) => epoch !== close);
  return {
    ...{ open, close, wayBack },
    toClose: await busiestFirst(from, module, toClose),
    rowTables: sight.home.tables.flatMap(({ name, holdsRows }) => (holdsRows ? [name] : [])),
    wayBackSeen: sight[leaving].subscriptions[wayBack.name] as SubscriptionSight,
  };
}

/** @throws {CliError} when what is written on the other side cannot come home any more */
async function refuseLostWayHome(move: Move): Promise<void> {
  const { away } = await move.look();
  if (isUsable(away.slots[move.names.away])) return;
  throw new CliError(
    `Rows cannot come home any more: the server of the other side has lost the slot "${move.names.away}", or the log that it kept.`,
    `Decide: npm run extract-module -- ${move.module} finish leaves them there for good; nothing is lost, and the rows at home are put aside as they were last.\n  Or leave it as it is: they are written there, and stay away until they are finished with.`,
  );
}

/** A way back that a killed mover has made ready may have waited for longer than the log is kept. */
async function dropLost(move: Move, wayBack: Stream, leaving: SideName): Promise<void> {
  const sight = await move.look();
  const slot = sight[otherSide(leaving)].slots[wayBack.name];
  if (slot === undefined || isUsable(slot)) return;
  await dropStream(wayBack, sight[leaving].subscriptions[wayBack.name]);
}

/** The epoch at which a killed mover has closed tables of a side. */
function closedAlready({ tables, opened }: SideSight): number | undefined {
  const epochs = tables.flatMap(({ epoch }) =>
    epoch !== null && !opened.includes(epoch) ? [epoch] : [],
  );
  return new Set(epochs).size === 1 ? epochs[0] : undefined;
}

/** Sees to it that a closed side opens at one epoch, and at one later than everybody knows of. */
async function readyToOpen(move: Move, target: SideName): Promise<number> {
  const sight = await move.look();
  const { tables } = sight[target];
  const [epoch = null, ...others] = new Set(tables.map((table) => table.epoch));
  if (epoch !== null && others.length === 0 && epoch > sight.placement.epoch) return epoch;
  const next = freshEpoch(sight);
  await putFence([move[target]], move.module, tables, next, performance.now() + MINUTE);
  return next;
}

/** @throws {CliError} naming who holds tables longer than the pause may be */
async function refuseHolders(from: Side, module: string, maxPause: number): Promise<void> {
  const holders = await from.rows<{ who: string }>(
    `select distinct format('pid %s of "%s", in a transaction for %s s: %s', a.pid, usename,
       round(extract(epoch from clock_timestamp() - xact_start), 1), left(query, 60)) as who
     from pg_locks l join pg_class c on c.oid = relation join pg_stat_activity a on a.pid = l.pid
     where l.database = (select oid from pg_database where datname = current_database())
       and relnamespace = $1::regnamespace and granted and mode <> 'AccessShareLock'
       and extract(epoch from clock_timestamp() - xact_start) * 1000 > $2`,
    [`"${module}"`, maxPause],
  );
  if (holders.length === 0) return;
  throw new CliError(
    `Tables of "${module}" are held for longer than the pause may be:${listed(holders.map(({ who }) => who))}`,
    'Let that end, or end it, and repeat the command.',
  );
}
