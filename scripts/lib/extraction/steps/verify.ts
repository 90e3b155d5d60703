import { CliError, listed } from '../../cli.js';
import { compare, describeMismatches, type Verification } from '../compare/verify.js';
import { note } from '../sides/journal.js';
import type { Move } from '../sides/move.js';
import { otherSide, type SideName } from '../sides/side.js';
import { catchUp } from './catch-up.js';
import { behind, comparing, type MoverOptions } from './mover-options.js';

/**
 * Compares both sides while one of them is written to.
 *
 * @throws {CliError} naming what is not the same
 */
export async function verify(move: Move, options: MoverOptions) {
  const { stage, home: seen } = await move.look();
  const side: SideName = stage === 'away' ? 'away' : 'home';
  const sides = { from: move[side], to: move[otherSide(side)] };
  const arrived = () => catchUp(move.stream(side), move.module, { report: behind(options) });
  const tables = seen.tables.filter(({ holdsRows }) => holdsRows).map(({ name }) => name);
  const report = comparing(options);
  const verification = await compare(sides, move.module, tables, { catchUp: arrived, report });
  const lsns = { [side]: await sides.from.lsn() };
  await note(move.home, move.module, 'verify', 'done', { lsns, ...verification });
  if (verification.mismatches.length > 0) throw different(move.module, verification, side);
  return { verification };
}

/** @param stays why the module could not be brought home, if it could not */
export const different = (
  module: string,
  { mismatches }: Verification,
  open: SideName,
  stays?: Error,
): CliError =>
  new CliError(
    `The two sides of "${module}" are not the same:${listed(describeMismatches(mismatches))}${stays ? `\n  and it could not be brought home: ${stays.message}` : ''}`,
    `Its rows are written ${open === 'home' ? 'at home' : 'on the other side'}; find out who else wrote to the copy. Then ${open === 'home' ? 'abort, and begin again' : 'rollback, or mend the rows at home'}.`,
    1,
    { cause: stays },
  );
