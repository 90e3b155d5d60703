import { createHash } from 'node:crypto';
import { ORPCError } from '@orpc/client';
import sql from 'sql-template-tag';
import type { ModuleDatabase, PrismaLike, Transaction } from '../database/module-database.js';
import { KeyReused } from '../errors.js';
import { faultPoint } from '../fault.js';

/** One call of a mutation: the procedure, the caller's key, and the input without the key. */
export interface KeyedCall {
  readonly procedure: string;
  readonly key: string;
  readonly input: unknown;
}

/** What the module's `call` table keeps: the output, or the refusal that was given instead. */
export type Answer<Output> = { output: Output } | { refusal: Refusal };

interface Refusal {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly values: unknown;
}

/** A row of the module's `call` table. */
export interface RememberedCall<Output> {
  readonly input_hash: string;
  readonly answer: Answer<Output>;
}

type RawStatements = Pick<PrismaLike, '$queryRaw' | '$executeRaw'>;

/** The hash that a remembered answer has when it holds for any input (a compensation's). */
export const ANY_INPUT = '*';

/** SHA-256 of the input as JSON; inputs come parsed, so their keys stand in the schema's order. */
export const hashInput = (input: unknown) =>
  createHash('sha256').update(JSON.stringify(input)).digest('base64url');

/** A coded error as the `call` table keeps it. */
export const refusalOf = (error: ORPCError<string, unknown>): Refusal => ({
  code: error.code,
  status: error.status,
  title: error.message,
  values: error.data,
});

/**
 * The output of a remembered call.
 *
 * @throws the refusal that was given then, as the same coded error
 * @throws {KeyReused} when the input was another one
 */
export function replay<Output>(
  row: RememberedCall<Output>,
  key: string,
  inputHash: string,
): Output {
  if (row.input_hash !== inputHash && row.input_hash !== ANY_INPUT) throw new KeyReused({ key });
  if ('output' in row.answer) return row.answer.output;
  const { code, status, title, values } = row.answer.refusal;
  throw new ORPCError(code, { defined: true, status, message: title, data: values });
}

/**
 * Runs a mutation's effect once per key: the look-up of the key, the effect and the remembered
 * answer are one transaction. A refusal (a coded error) undoes the effect and is remembered too.
 *
 * @param effect may be run again whole; touches nothing but its transaction
 */
export async function answerOnce<Client extends PrismaLike, Output>(
  database: ModuleDatabase<Client>,
  call: KeyedCall,
  effect: (tx: Transaction<Client>) => Promise<Output>,
): Promise<Output> {
  const inputHash = hashInput(call.input);
  const answer = (work: () => Promise<Answer<Output>>) => async (tx: Transaction<Client>) => {
    const known = await remembered<Output>(tx, call);
    if (known) return known;
    const fresh = { input_hash: inputHash, answer: await work() };
    await remember(tx, call, fresh);
    await faultPoint('call.before-commit');
    return fresh;
  };
  const row = await database
    .transaction((tx) => answer(async () => ({ output: await effect(tx) }))(tx))
    .catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
      return database.transaction(answer(() => Promise.resolve({ refusal: refusalOf(error) })));
    });
  await faultPoint('call.after-commit');
  return replay(row, call.key, inputHash);
}

const isRefusal = (error: unknown): error is ORPCError<string, unknown> =>
  error instanceof ORPCError && error.status < 500;

async function remembered<Output>(tx: RawStatements, { procedure, key }: KeyedCall) {
  const rows = await tx.$queryRaw<RememberedCall<Output>[]>(
    sql`select input_hash, answer from call where procedure = ${procedure} and key = ${key}`,
  );
  return rows[0];
}

async function remember(
  tx: RawStatements,
  { procedure, key }: KeyedCall,
  row: RememberedCall<unknown>,
) {
  await tx.$executeRaw(
    sql`insert into call (procedure, key, input_hash, answer)
        values (${procedure}, ${key}, ${row.input_hash}, ${JSON.stringify(row.answer)}::jsonb)`,
  );
}
