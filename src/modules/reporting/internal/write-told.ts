import type { Sql, Transaction } from '#platform/database';
import type { PrismaClient } from './prisma/client.js';

interface Told {
  readonly type: string;
  readonly data: unknown;
}

/**
 * Runs one statement for all events of one kind among these, unless there are none.
 *
 * @param statement made of what they tell, as a JSON array
 */
export async function writeTold(
  tx: Transaction<PrismaClient>,
  events: readonly Told[],
  kind: { readonly type: string },
  statement: (told: string) => Sql,
): Promise<void> {
  const told = events.filter(({ type }) => type === kind.type).map(({ data }) => data);
  if (told.length > 0) await tx.$executeRaw(statement(JSON.stringify(told)));
}
