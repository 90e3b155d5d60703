import { CliError } from '../../cli.js';
import type { SideSight, SubscriptionSight } from './sight.js';
import type { streamNames } from '../../audit/move-records.js';

/** What the placement row says of the module. */
export interface Placement {
  readonly epoch: number;
  /** URL without user and password; null where the configuration says. */
  readonly database: string | null;
}

/** All that is known of a move, from the catalogs alone. */
export interface Sight {
  readonly home: SideSight;
  readonly away: SideSight;
  readonly placement: Placement;
}

/**
 * Whether a side may be written. `unfenced`: nothing has been closed there yet. `ajar`: some
 * tables are closed and some are not, which somebody who was killed has left.
 */
export type Door = 'absent' | 'unfenced' | 'open' | 'ajar' | 'closed';

/**
 * Where a move stands:
 * - `none`: nothing of it is there, or only a part of what `prepare` makes
 * - `prepared`: the other database is empty, closed and like this one
 * - `copying`, `in step`: rows arrive there; writes happen at home
 * - `leaving`: the fence is going up at home, nothing is open; to be finished or taken back
 * - `arriving`: the other side is open, and not everybody has been told; there is only forward
 * - `away`: writes happen there, and come back home as a copy
 * - `returning`, `landing`: as leaving and arriving, on the way back
 * - `finishing`: writes happen there, nothing comes back, and traces of the move are left
 * - `finished`: as finishing, without these
 */
export type Stage =
  | 'none'
  | 'prepared'
  | 'copying'
  | 'in step'
  | 'leaving'
  | 'arriving'
  | 'away'
  | 'returning'
  | 'landing'
  | 'finishing'
  | 'finished';

/** What each stage means for a person, and which verbs go on from it. */
export const meaning: Readonly<Record<Stage, { is: string; next: string }>> = {
  none: { is: 'nothing of a move is there', next: 'prepare' },
  prepared: { is: 'the other database is ready and empty', next: 'copy, or abort' },
  copying: { is: 'rows are being copied', next: 'copy, which waits for that, or abort' },
  'in step': {
    is: 'rows are written at home, and arrive on the other side',
    next: 'verify or cutover, or abort',
  },
  leaving: {
    is: 'a cutover was interrupted, and nobody can write',
    next: 'cutover, or rollback to take it back; at once',
  },
  arriving: {
    is: 'a cutover was interrupted after the other side had been opened',
    next: 'cutover, at once',
  },
  away: {
    is: 'rows are written on the other side, and arrive at home',
    next: 'verify, rollback or finish',
  },
  returning: {
    is: 'a rollback was interrupted, and nobody can write',
    next: 'rollback, or cutover to take it back; at once',
  },
  landing: {
    is: 'a rollback was interrupted after home had been opened',
    next: 'rollback, at once',
  },
  finishing: {
    is: 'a finish was interrupted, and rows are written on the other side, for good',
    next: 'finish',
  },
  finished: { is: 'rows are written on the other side, for good', next: 'nothing' },
};

export function doorOf({ schema, tables, opened }: SideSight): Door {
  if (!schema || tables.length === 0) return 'absent';
  const closed = tables.filter(({ epoch }) => epoch !== null && !opened.includes(epoch));
  if (closed.length === tables.length) return 'closed';
  if (closed.length > 0) return 'ajar';
  return tables.some(({ epoch }) => epoch !== null) ? 'open' : 'unfenced';
}

/** The epoch at which a closed side opens, or would have been closed by whoever was killed. */
export function closedEpoch({ tables, opened }: SideSight): number | undefined {
  const epochs = tables.flatMap(({ epoch }) =>
    epoch !== null && !opened.includes(epoch) ? [epoch] : [],
  );
  return epochs.length === 0 ? undefined : Math.max(...epochs);
}

/** An epoch that nobody has seen. */
export function freshEpoch({ home, away, placement }: Sight): number {
  const seen = [home, away].flatMap(({ tables, opened }) => [
    ...opened,
    ...tables.map(({ epoch }) => epoch ?? 0),
  ]);
  return Math.max(placement.epoch, ...seen) + 1;
}

/**
 * Where a move stands, by what the catalogs say.
 *
 * @param names the streams', see streamNames
 * @throws {CliError} when both sides are open
 */
export function stageOf(
  { home, away, placement }: Sight,
  names: ReturnType<typeof streamNames>,
): Stage {
  const [here, there] = [doorOf(home), doorOf(away)];
  const out = away.subscriptions[names.home];
  const back = home.subscriptions[names.away];
  const moved = placement.database !== null;
  const homeIsOpen = here === 'unfenced' || here === 'open';
  // Without a fence the other side is one that is still being made: nobody has been sent there.
  if (homeIsOpen && there === 'open') throw impossible('both sides are open');
  if (homeIsOpen && moved) return 'landing';
  if (homeIsOpen && back !== undefined && back.enabled) return 'landing';
  if (homeIsOpen) return beforeLeaving(there, out);
  if (here === 'absent' && moved) return there === 'open' ? 'finishing' : 'finished';
  if (there === 'open' && !moved) return 'arriving';
  if (there === 'open' && here === 'closed') return afterArriving(out, back);
  if (there === 'open') throw impossible('a part of home is open beside the other side');
  return moved ? 'returning' : 'leaving';
}

function beforeLeaving(there: Door, out: SubscriptionSight | undefined): Stage {
  if (there !== 'closed') return 'none';
  if (out === undefined) return 'prepared';
  if (out.copying.length > 0) return 'copying';
  // Whoever brought the module back was killed before this stream took over.
  return out.enabled ? 'in step' : 'landing';
}

function afterArriving(
  out: SubscriptionSight | undefined,
  back: SubscriptionSight | undefined,
): Stage {
  if (back === undefined) return 'finishing';
  // One that does not run beside the way back was made for a rollback that has not begun.
  return out?.enabled || !back.enabled ? 'arriving' : 'away';
}

const impossible = (what: string) =>
  new CliError(
    `${what}, which the mover never brings about.`,
    'Look at who wrote where, before anything is done: zz_fence, "opened" and platform.placement.',
    2,
  );
