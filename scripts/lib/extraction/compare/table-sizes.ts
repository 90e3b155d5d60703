import { name as quoted } from '../../provision/statement.js';
import type { Side } from '../sides/side.js';

/** Bytes of each of a module's tables on a side, without indexes. */
export async function tableSizes(
  side: Side,
  module: string,
  tables: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await side.rows<{ name: string; bytes: number }>(
    `select relname as name, pg_table_size(oid)::float8 as bytes from pg_class
     where relnamespace = $1::regnamespace and relkind = 'r' and relname = any($2)`,
    [quoted(module), tables],
  );
  return new Map(rows.map(({ name, bytes }) => [name, bytes]));
}

export const sumOf = (amounts: Iterable<number>): number =>
  [...amounts].reduce((sum, amount) => sum + amount, 0);
