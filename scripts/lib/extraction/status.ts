import { atWork } from './sides/at-work.js';
import { copyProgress, type CopyProgress } from './steps/copy.js';
import { type Entry, readJournal } from './sides/journal.js';
import { leftSchemas } from './sides/left.js';
import type { Move } from './sides/move.js';
import { placeOf } from './sides/side.js';
import { isUsable } from './sides/sight.js';
import { doorOf, type Door, meaning, type Placement, type Stage } from './sides/stage.js';

/** Where a move stands, for people and for scripts. */
export interface Status {
  readonly module: string;
  readonly stage: Stage;
  readonly is: string;
  readonly next: string;
  /** URL of the other database, without user and password. */
  readonly target: string | undefined;
  readonly placement: Placement;
  readonly doors: { readonly home: Door; readonly away: Door };
  readonly copy: CopyProgress | undefined;
  /** Bytes of WAL that the way back is behind. */
  readonly lag: number | undefined;
  /** Whether what is written cannot arrive on the side that is not written to any more. */
  readonly lost: boolean;
  /** Schemas at home with the old rows of finished moves. */
  readonly left: readonly string[];
  /** Whether a mover is at work now. */
  readonly busy: boolean;
  /** What it does: the verb, and how far a comparison has come. */
  readonly doing: readonly string[];
  readonly journal: readonly Entry[];
}

/** Looks at a move while another mover may be at work. Changes nothing. */
export async function statusOf(move: Move): Promise<Status> {
  const { module, target, home, names } = move;
  const { stage, placement, ...sides } = await move.look();
  const copies = stage === 'copying' || stage === 'in step';
  const slot = copies ? sides.home.slots[names.home] : sides.away.slots[names.away];
  const lost = (copies || stage === 'away') && !isUsable(slot);
  return {
    module,
    stage,
    ...meaning[stage],
    placement,
    ...(await atWork(home, module)),
    target: target === undefined ? undefined : placeOf(target),
    doors: { home: doorOf(sides.home), away: doorOf(sides.away) },
    copy: copies && !lost ? await copyProgress(move) : undefined,
    lag: sides.away.slots[names.away]?.lag,
    lost,
    left: await leftSchemas(home, module),
    journal: await readJournal(home, module),
  };
}
