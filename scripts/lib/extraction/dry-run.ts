import { ownerRole, loginRole } from '#platform/database/names';
import type { Verb } from './journal.js';
import { leftName } from './left.js';
import type { Move } from './move.js';
import { placeOf } from './side.js';
import { FENCE } from './sight.js';
import { closedEpoch } from './stage.js';
import { otherSide } from './switch.js';

/** What a verb of a move would do, in its order and by the real names. Changes nothing. */
export async function stepsOf(move: Move, verb: Verb): Promise<string[]> {
  const { module, names, target, request, home } = move;
  const { home: seen } = await move.look();
  const all = seen.tables.map(({ name }) => name);
  const rows = seen.tables.filter(({ holdsRows }) => holdsRows).map(({ name }) => name);
  const there = target === undefined ? 'the database that --target names' : placeOf(target);
  const here = placeOf(home.url);
  const list = `${rows.length} tables of the schema "${module}" (${rows.join(', ')})`;
  const drop = (name: string, from: string, to: string) => [
    `drop the subscription "${name}" in ${to}`,
    `drop the slot and the publication "${name}" in ${from}`,
  ];
  const lead = (side: 'home' | 'away') => {
    const [from, to] = side === 'away' ? [here, there] : [there, here];
    const [back, out] = [names[side], names[otherSide(side)]];
    return [
      `create the publication "${back}" and the slot "${back}" in ${to}, and the subscription "${back}", not running yet, in ${from}`,
      `close ${list} in ${from}, one by one, with the trigger "${FENCE}"`,
      `wait until the last row has arrived in ${to}, and set the sequences there`,
      `open ${to}: a row in "${module}"."opened"`,
      `write in platform.placement that "${module}" is at ${side === 'away' ? there : 'home'}, and tell all processes`,
      ...drop(out, from, to),
      `enable the subscription "${back}" in ${from}`,
      `compare ${rows.length} tables, as they were while both sides were closed`,
    ];
  };
  const steps: Record<Verb, () => string[]> = {
    prepare: () => [
      `make the database ${there}, if it is not there`,
      `make the schema "${module}" there, and see to the roles "${ownerRole(request.project.name, module)}" and "${loginRole(request.project.name, module)}"`,
      `apply the migrations of prisma/${module} and prisma/platform there, and empty its tables`,
      `close ${all.length} tables there (${all.join(', ')}) with the trigger "${FENCE}"`,
      'compare both schemas column by column',
    ],
    copy: () => [
      `create the publication "${names.home}" of ${list} in ${here}`,
      `create the slot "${names.home}" in ${here}`,
      `create the subscription "${names.home}" in ${there}, which copies the rows`,
      'wait until both sides are in step',
    ],
    verify: () => [`compare every column of every row of ${list}, in ${here} and ${there}`],
    cutover: () => lead('away'),
    rollback: () => lead('home'),
    finish: () => [
      ...drop(names.away, there, here),
      `rename the schema "${module}" in ${here} to "${leftName(module, closedEpoch(seen) ?? 0)}", for the admin alone; --drop drops it`,
      `drop the trigger "${FENCE}" from ${all.length} tables in ${there}`,
    ],
    abort: () => [
      ...drop(names.home, here, there),
      `drop the schema "${module}" in ${there}`,
      `drop the trigger "${FENCE}" from ${all.length} tables in ${here}`,
    ],
  };
  return steps[verb]();
}
