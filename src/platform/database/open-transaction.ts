import { AsyncLocalStorage } from 'node:async_hooks';

/** Which module's transaction the running code is inside of, if any. */
const open = new AsyncLocalStorage<string>();

export const runInsideTransaction = <T>(module: string, work: () => Promise<T>): Promise<T> =>
  open.run(module, work);

/** The module whose transaction is open here, or undefined. */
export const openTransaction = (): string | undefined => open.getStore();

/** Code did something inside a transaction that must happen outside it. */
export class InsideTransactionError extends Error {
  override readonly name = 'InsideTransactionError';
}
