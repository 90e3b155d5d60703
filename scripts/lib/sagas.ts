import type { Client } from 'pg';
import type { Reason } from '#platform/sagas';
import { cancelSaga } from '#platform/sagas/saga.statements';
import { CliError } from './cli.js';
import { withOwner } from './migrations/owner-session.js';
import type { MigrationTarget } from './migrations/types.js';

/** A saga as its module's table has it. */
export interface KeptSaga {
  readonly module: string;
  readonly id: string;
  readonly name: string;
  readonly state: 'running' | 'compensating' | 'completed' | 'compensated';
  /** Whether it waits for a person. */
  readonly parked: boolean;
  readonly step: string | null;
  readonly pastPivot: boolean;
  readonly attempts: number;
  /** Of the last attempt. */
  readonly failure: string | null;
  readonly reason: Reason | null;
  readonly cancelling: Reason | null;
  readonly nextAt: Date;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly input: unknown;
  readonly results: Readonly<Record<string, unknown>>;
}

const COLUMNS = `id, name, state, parked_at is not null as parked, step, past_pivot as "pastPivot",
  attempts, failure, reason, cancelling, next_at as "nextAt", started_at as "startedAt",
  ended_at as "endedAt", input, results`;

/** Which sagas are listed: those under way, those that wait for a person, or the ended ones too. */
export type Selection = 'open' | 'parked' | 'all';

const SELECTED: Readonly<Record<Selection, string>> = {
  open: "state in ('running', 'compensating')",
  parked: 'parked_at is not null',
  all: 'true',
};

/** The selected sagas of the modules, those first that were started first; at most `most` of each. */
export async function listSagas(
  targets: readonly MigrationTarget[],
  selection: Selection,
  most: number,
): Promise<KeptSaga[]> {
  const found = targets.map((target) =>
    withOwner(target, ({ client }) =>
      read(
        client,
        target.module,
        `where ${SELECTED[selection]} order by started_at, id limit $1`,
        most,
      ),
    ),
  );
  return (await Promise.all(found)).flat();
}

/** @throws {CliError} when the module has no such saga */
export async function findSaga(target: MigrationTarget, id: string): Promise<KeptSaga> {
  return withOwner(target, ({ client }) => mustFind(client, target.module, id));
}

/**
 * Lets a parked saga go on where it stopped.
 *
 * @throws {CliError} when there is no such saga, or it does not wait for a person
 */
export const retrySaga = (target: MigrationTarget, id: string): Promise<KeptSaga> =>
  change(
    target,
    id,
    `update saga set parked_at = null, attempts = 0, unforeseen = 0, failure = null, next_at = now()
     where id = $1 and parked_at is not null`,
    ({ state }) =>
      new CliError(
        `The saga "${id}" is not parked, but "${state}".`,
        'Only a parked saga is retried; the others go on by themselves.',
      ),
  );

/**
 * Asks for what a saga has done to be compensated.
 *
 * @throws {CliError} when there is no such saga, or it is too late for that
 */
export function cancelSagaById(target: MigrationTarget, id: string): Promise<KeptSaga> {
  const reason = { code: 'saga.cancelled-by-operator', title: 'An operator cancelled it.' };
  return change(
    target,
    id,
    cancelSaga(id, reason),
    ({ state, pastPivot }) =>
      new CliError(
        `The saga "${id}" cannot be cancelled: ${pastPivot ? 'it is past its pivot' : `it is "${state}"`}.`,
        'From the pivot on a saga only goes forward. When it is parked: npm run sagas:retry',
      ),
  );
}

type Statement = string | { readonly text: string; readonly values: unknown[] };

async function change(
  target: MigrationTarget,
  id: string,
  statement: Statement,
  refusal: (saga: KeptSaga) => CliError,
): Promise<KeptSaga> {
  return withOwner(target, async ({ client }) => {
    const { text, values } =
      typeof statement === 'string' ? { text: statement, values: [id] } : statement;
    const { rowCount } = await client.query(text, values);
    const saga = await mustFind(client, target.module, id);
    if (rowCount === 0) throw refusal(saga);
    return saga;
  });
}

async function mustFind(client: Client, module: string, id: string): Promise<KeptSaga> {
  const [saga] = await read(client, module, 'where id = $1', id);
  if (saga) return saga;
  throw new CliError(`"${module}" has no saga "${id}".`, 'See: npm run sagas:list -- --all');
}

async function read(client: Client, module: string, tail: string, value: unknown) {
  const { rows } = await client.query<Omit<KeptSaga, 'module'>>(
    `select ${COLUMNS} from saga ${tail}`,
    [value],
  );
  return rows.map((row) => ({ module, ...row }));
}

/** All that is kept of a saga, a line for each. */
export function describeWhole(saga: KeptSaga): string {
  const { startedAt, endedAt, input, results, reason, cancelling } = saga;
  const kept = { started: startedAt, ended: endedAt, input, results, reason, cancelling };
  const lines = Object.entries(kept).flatMap(([name, value]) => {
    if (value === null) return [];
    const text = value instanceof Date ? value.toISOString() : JSON.stringify(value);
    return [`  ${name.padEnd(10)} ${text}\n`];
  });
  return `${describeSaga(saga)}\n${lines.join('')}`;
}

/** A saga on one line: where it stands, and what is in the way. */
export function describeSaga(saga: KeptSaga): string {
  const { module, id, name, state, parked, step, attempts, failure, nextAt } = saga;
  const ended = state === 'completed' || state === 'compensated';
  const where = ended ? state : `${state}, at "${step}"`;
  const why = failure === null ? '' : `; after ${attempts} attempts: ${failure}`;
  const then = ended
    ? ''
    : parked
      ? '; WAITS FOR A PERSON'
      : why && `; next ${nextAt.toISOString()}`;
  return `${module}  ${name}  ${id}  ${where}${why}${then}`;
}
