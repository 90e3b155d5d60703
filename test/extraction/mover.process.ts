import type { Verb } from '../../scripts/lib/extraction/sides/journal.js';
import type { MoveRequest } from '../../scripts/lib/extraction/sides/move.js';
import { extract } from '../../scripts/lib/extraction/steps/mover.js';
import { installKillPoint } from '../support/kill-point.js';

/** What the mover, as a process of its own, is told to do; its environment says where it ends. */
export interface Order {
  readonly request: Omit<MoveRequest, 'say'>;
  readonly verb: Verb;
  readonly maxPause: number;
  readonly rate?: number | undefined;
}

process.once('message', ({ request, verb, maxPause, rate = 0 }: Order) => {
  installKillPoint();
  extract({ ...request, say: () => undefined }, verb, { maxPause, rate }).then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
