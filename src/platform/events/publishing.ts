import type { Sql } from 'sql-template-tag';
import { append, appends } from './append.js';
import { type AnyEvent, type DataOf, moduleOf } from './event.js';

/** What a transaction can do beside Prisma's operations. */
export interface Publishing {
  /**
   * Appends an event to the module's feed, or one for each of a list: heard of once, and only if,
   * the transaction commits.
   *
   * @throws {ZodError} when the data does not fit the event's schema
   */
  publish<E extends AnyEvent>(event: E, data: DataOf<E> | readonly DataOf<E>[]): Promise<void>;
}

interface RawStatements {
  $queryRaw(statement: Sql, ...values: unknown[]): PromiseLike<unknown>;
  $executeRaw(statement: Sql, ...values: unknown[]): PromiseLike<number>;
}

/**
 * Prisma's transaction, with `publish`.
 *
 * @param onAppend is called for each statement that appends, be it published or written by hand
 */
export function publishing<Tx extends RawStatements>(
  tx: Tx,
  module: string,
  onAppend: () => void,
): Tx & Publishing {
  const noted =
    (name: keyof RawStatements) =>
    (statement: Sql, ...values: unknown[]) => {
      if ([statement, ...values].some(appends)) onAppend();
      return tx[name](statement, ...values);
    };
  const own: RawStatements & Publishing = {
    $queryRaw: noted('$queryRaw'),
    $executeRaw: noted('$executeRaw') as RawStatements['$executeRaw'],
    publish: async (event, data) => {
      if (moduleOf(event) !== module) {
        throw new Error(`"${module}" publishes "${event.type}", which is another module's event.`);
      }
      await own.$executeRaw(append(event, data));
    },
  };
  // Before Prisma's, which is a proxy that makes its models as they are asked for. Defined, since
  // an assignment would go through to it.
  return Object.create(tx, Object.getOwnPropertyDescriptors(own)) as Tx & Publishing;
}
