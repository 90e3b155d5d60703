import { AsyncLocalStorage } from 'node:async_hooks';

interface OpenTransaction {
  readonly module: string;
  readonly afterCommit: Set<() => void>;
}

/** The transaction that the running code is inside of, if any. */
const open = new AsyncLocalStorage<OpenTransaction>();

/** Runs the work of one transaction, and once it is committed what `onCommit` was given. */
export async function runInsideTransaction<T>(module: string, work: () => Promise<T>): Promise<T> {
  const transaction: OpenTransaction = { module, afterCommit: new Set() };
  const result = await open.run(transaction, work);
  transaction.afterCommit.forEach((action) => action());
  return result;
}

/** The module whose transaction is open here, or undefined. */
export const openTransaction = (): string | undefined => open.getStore()?.module;

/**
 * Does something when the transaction that is open here has been committed; at once when none is.
 * The same function is called once, however often it was given.
 */
export function onCommit(action: () => void): void {
  const transaction = open.getStore();
  if (transaction) transaction.afterCommit.add(action);
  else action();
}

/** Code did something inside a transaction that must happen outside it. */
export class InsideTransactionError extends Error {
  override readonly name = 'InsideTransactionError';
}
