import { loginRole } from '#platform/database/names';
import type { Verb } from './sides/journal.js';
import { leftName, leftSchemas } from './sides/left.js';
import type { Move } from './sides/move.js';
import { otherSide, placeOf, type SideName } from './sides/side.js';
import { FENCE } from './sides/sight.js';
import { closedEpoch } from './sides/stage.js';

/** What the steps of a move are about, by its name. */
interface Names {
  readonly module: string;
  readonly roles: string;
  /** The databases, without user and password. */
  readonly places: Readonly<Record<SideName, string>>;
  /** The streams that begin on each side. */
  readonly streams: Readonly<Record<SideName, string>>;
  /** What the schema at home is called once it was left. */
  readonly left: string;
  /** The tables with a fence, and those of them that hold rows. */
  readonly fenced: string;
  readonly tables: string;
}

const quotedList = (list: readonly string[]) => `${list.length} tables (${list.join(', ')})`;

async function namesOf(move: Move): Promise<Names> {
  const { module, target, request, home, names, ownerRole: owner } = move;
  const seen = (await move.look()).home;
  const { tables } = seen;
  const there = target === undefined ? 'the database that --target names' : placeOf(target);
  const rows = tables.filter(({ holdsRows }) => holdsRows);
  return {
    module,
    roles: `"${owner}" and "${loginRole(request.project.name, module)}"`,
    places: { home: placeOf(home.url), away: there },
    streams: names,
    left: leftName(module, closedEpoch(seen) ?? 0),
    fenced: quotedList(tables.map(({ name }) => name)),
    tables: quotedList(rows.map(({ name }) => name)),
  };
}

const steps: Record<Verb, (names: Names) => string[]> = {
  prepare: ({ module, roles, places, fenced }) => [
    `make ${places.away}, if it is not there`,
    `make the schema "${module}" there, and see to the roles ${roles}`,
    `apply the migrations of prisma/${module} and prisma/platform there, and empty its tables`,
    `close ${fenced} there with the trigger "${FENCE}"`,
    'compare both schemas column by column',
  ],
  copy: ({ places, streams, tables }) => [
    `create the publication "${streams.home}" of ${tables} in ${places.home}`,
    `create the slot "${streams.home}" in ${places.home}`,
    `create the subscription "${streams.home}" in ${places.away}, which copies the rows`,
    'wait until both sides are in step',
  ],
  verify: ({ places, tables }) => [
    `compare every column of every row of ${tables}, in ${places.home} and ${places.away}`,
  ],
  cutover: (names) => leading(names, 'away'),
  rollback: (names) => leading(names, 'home'),
  finish: (names) => [
    ...dropping(names, 'away'),
    `rename the schema "${names.module}" in ${names.places.home} to "${names.left}", for the admin alone; --drop drops it`,
    `drop the trigger "${FENCE}" from ${names.fenced} in ${names.places.away}`,
  ],
  abort: (names) => [
    ...dropping(names, 'home'),
    `drop the schema "${names.module}" that the move has made in ${names.places.away}`,
    `drop the trigger "${FENCE}" from ${names.fenced} in ${names.places.home}`,
  ],
};

function leading(names: Names, target: SideName): string[] {
  const { module, streams, places, fenced } = names;
  const [from, to] = [places[otherSide(target)], places[target]];
  const back = streams[target];
  return [
    `create the publication and the slot "${back}" in ${to}`,
    `create the subscription "${back}" in ${from}, which does not run yet`,
    `close ${fenced} in ${from}, one by one, with the trigger "${FENCE}"`,
    `wait until the last row has arrived in ${to}, and set the sequences there`,
    `open ${to}: a row in "${module}"."opened"`,
    `write in platform.placement that "${module}" is at ${target === 'away' ? to : 'home'}, and tell all processes`,
    ...dropping(names, otherSide(target)),
    `enable the subscription "${back}" in ${from}`,
    `compare ${names.tables} as they were while both sides were closed`,
  ];
}

/** What becomes of the stream that begins on a side. */
const dropping = ({ streams, places }: Names, from: SideName): string[] => [
  `drop the subscription "${streams[from]}" in ${places[otherSide(from)]}`,
  `drop the slot and the publication "${streams[from]}" in ${places[from]}`,
];

/** What a verb of a move would do, in its order and by the real names. Changes nothing. */
export async function stepsOf(move: Move, verb: Verb): Promise<string[]> {
  if (verb !== 'finish' || (await move.look()).stage !== 'finished') {
    return steps[verb](await namesOf(move));
  }
  const left = await leftSchemas(move.home, move.module);
  return left.map((schema) => `drop the old rows at home in "${schema}", with --drop`);
}
