/** SQLSTATE of the fence that a move puts on a table: the rows live elsewhere from now on. */
const FENCED = 'MV001';

/** SQLSTATE of a table that is not there: once a move is finished, none of the module's is at home. */
const NO_SUCH_TABLE = '42P01';

/**
 * Refusals after which the same transaction may be run again: by which Postgres asks for that, and
 * too many connections (53300), since a role has some on both sides while its rows are moved.
 */
const RERUN = new Set(['40001', '40P01', '53300']);

/**
 * Connecting failed, the server went away, or the role's own time-outs ended a wait: the statement
 * may or may not have taken effect, and trying again later is the remedy.
 */
const UNREACHABLE = new Set([
  '25P03',
  '55P03',
  '57014',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  '08000',
  '08001',
  '08003',
  '08006',
  '57P01',
  '57P02',
  '57P03',
]);

/**
 * The SQLSTATE (or the socket's error code) behind a failure of `pg` or of Prisma.
 *
 * Prisma keeps it in `meta.driverAdapterError.cause.originalCode`, whichever P-code it chose.
 */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, meta, cause } = error as {
    code?: unknown;
    meta?: { driverAdapterError?: { cause?: { originalCode?: string } } };
    cause?: unknown;
  };
  return (
    meta?.driverAdapterError?.cause?.originalCode ??
    (cause as { originalCode?: string } | undefined)?.originalCode ??
    (typeof code === 'string' ? code : undefined)
  );
}

/** Whether the fence of a move has refused it: it had no effect. */
export const isFenced = (error: unknown) => sqlState(error) === FENCED;

/** Whether a table was not there. */
export const isTableMissing = (error: unknown) => sqlState(error) === NO_SUCH_TABLE;

/**
 * Whether the whole transaction may be run again: it had no effect. That includes losing the race
 * for an idempotency key, since the rerun then finds the winner's answer.
 */
export const isRerunnable = (error: unknown) =>
  RERUN.has(sqlState(error) ?? '') || violates(error, 'call_pkey');

/** Whether a statement was refused by the unique constraint of that name. */
export function violates(error: unknown, constraint: string): boolean {
  if (sqlState(error) !== '23505') return false;
  const { constraint: named, meta } = error as {
    constraint?: string;
    meta?: { driverAdapterError?: { cause?: { originalMessage?: string } } };
  };
  const message = meta?.driverAdapterError?.cause?.originalMessage ?? '';
  return named === constraint || message.includes(`"${constraint}"`);
}

/** Prisma's own codes for the same, where no SQLSTATE is behind them. */
const UNREACHABLE_BY_PRISMA = /^P(1001|1002|1008|1010|1017|2024)$/;

const UNREACHABLE_MESSAGES =
  /timeout exceeded when trying to connect|Connection terminated|connection is closed|is not queryable|Unable to start a transaction|permission denied for database|is not permitted to log in/i;

/** Whether the database could not be reached, rather than having refused the statement. */
export function isUnreachable(error: unknown): boolean {
  if (UNREACHABLE.has(sqlState(error) ?? '')) return true;
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return (
    (typeof code === 'string' && UNREACHABLE_BY_PRISMA.test(code)) ||
    (typeof message === 'string' && UNREACHABLE_MESSAGES.test(message))
  );
}
