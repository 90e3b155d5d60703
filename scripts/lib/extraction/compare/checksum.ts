import { name as quoted } from '../../provision/statement.js';
import type { Side } from '../sides/side.js';

/** A table to be compared, and the columns that tell its rows apart. */
export interface Checked {
  readonly name: string;
  readonly columns: readonly string[];
  readonly key: readonly string[];
  /** The key's types, qualified. */
  readonly types: readonly string[];
}

/** Checksums by the rows' keys, each a JSON array of texts. */
export type RowHashes = ReadonlyMap<string, string>;

/** Rows of a table whose keys fall into one bucket: how many, and the sum of their checksums. */
export interface Bucket {
  readonly bucket: number;
  readonly count: number;
  readonly sum: bigint;
}

/** So many that reading one again is cheap, and so few that their list is. */
const BUCKETS = 1024;

/** The tables that hold rows, in the shape in which they are compared. */
export async function checkedTables(
  side: Side,
  module: string,
  tables: readonly string[],
): Promise<Checked[]> {
  return side.rows<Checked>(
    `select relname as name,
       (select array_agg(attname::text order by attname collate "C") from pg_attribute
        where attrelid = c.oid and attnum > 0 and not attisdropped) as columns,
       (select array_agg(attname::text order by position) from unnest(i.indkey::int2[])
          with ordinality as k (number, position)
        join pg_attribute on attrelid = c.oid and attnum = number) as key,
       (select array_agg(format_type(atttypid, atttypmod) order by position) from unnest(i.indkey::int2[])
          with ordinality as k (number, position)
        join pg_attribute on attrelid = c.oid and attnum = number) as types
     from pg_class c
     join pg_index i on indrelid = c.oid
       and case relreplident when 'i' then indisreplident else indisprimary end
     where relnamespace = $1::regnamespace and relname = any($2) order by 1`,
    [quoted(module), tables],
  );
}

// As text, since a checksum of a record is one of type numbers too, which differ between databases;
// and with one order for every server's locale.
const textOf = (columns: readonly string[]) =>
  `row(${columns.map(quoted).join(', ')})::text collate "C"`;
const rowHash = ({ columns }: Checked) => `hashtextextended(${textOf(columns)}, 0)`;
const bucketOf = (table: Checked) =>
  `(hashtextextended(${textOf(table.key)}, 1) & ${BUCKETS - 1})::int`;
const from = (module: string, table: Checked) => `from ${quoted(module)}.${quoted(table.name)}`;

/** How a table is read. */
export interface Reading {
  /** Blocks that are read at once. */
  readonly slice: number;
  /** Is told after each slice which part of the table it was, and how many rows it had. */
  readonly onRead: (part: number, rows: number) => Promise<void>;
}

/**
 * Every column of every row goes in, in whatever order the rows come. A large table is read slice
 * by slice, so that it can be told how far that is; what it is read on is to be one snapshot.
 */
export async function bucketsOf(
  side: Side,
  module: string,
  table: Checked,
  { slice, onRead }: Reading,
): Promise<Bucket[]> {
  const buckets = new Map<number, Bucket>();
  const slices = slicesOf(await blocksOf(side, module, table), slice);
  for (const condition of slices) {
    const rows = await side.rows<{ bucket: number; count: number; sum: string }>(
      `select ${bucketOf(table)} as bucket, count(*)::int as count,
         sum(${rowHash(table)}::numeric)::text as sum
       ${from(module, table)} where ${condition} group by 1`,
    );
    for (const row of rows) {
      const { count, sum } = buckets.get(row.bucket) ?? { count: 0, sum: 0n };
      const both = { count: count + row.count, sum: sum + BigInt(row.sum) };
      buckets.set(row.bucket, { bucket: row.bucket, ...both });
    }
    await onRead(
      1 / slices.length,
      rows.reduce((total, { count }) => total + count, 0),
    );
  }
  return [...buckets.values()];
}

async function blocksOf(side: Side, module: string, { name }: Checked): Promise<number> {
  const { blocks } = await side.row<{ blocks: number }>(
    `select pg_relation_size($1::regclass) / current_setting('block_size')::float8 as blocks`,
    [`${quoted(module)}.${quoted(name)}`],
  );
  return blocks;
}

/** The conditions by which all rows are read, each once. What has come since is behind the last. */
function slicesOf(blocks: number, slice: number): string[] {
  const count = Math.max(1, Math.ceil(blocks / slice));
  return Array.from({ length: count }, (_, index) => {
    const start = index > 0 ? `ctid >= '(${index * slice},0)'` : 'true';
    return index + 1 < count ? `${start} and ctid < '(${(index + 1) * slice},0)'` : start;
  });
}

/** The checksums of the rows of some buckets, by their keys. */
export const rowsOf = (
  side: Side,
  module: string,
  table: Checked,
  buckets: readonly number[],
): Promise<RowHashes> => hashes(side, module, table, `${bucketOf(table)} = any($1)`, [buckets]);

/** The checksums of the rows with some keys; a row that is not there has none. */
export const rowsWith = (
  side: Side,
  module: string,
  table: Checked,
  keys: readonly string[],
): Promise<RowHashes> => {
  const columns = table.key.map((_, index) =>
    keys.map((key) => (JSON.parse(key) as string[])[index]),
  );
  const typed = table.types.map((type, index) => `k${index}::${type}`);
  const given = table.key.map((_, index) => `$${index + 1}::text[]`);
  const names = table.key.map((_, index) => `k${index}`);
  // Typed, so that the key's index finds them.
  const condition = `(${table.key.map(quoted).join(', ')}) in (
    select ${typed.join(', ')} from unnest(${given.join(', ')}) as given (${names.join(', ')}))`;
  return hashes(side, module, table, condition, columns);
};

async function hashes(
  side: Side,
  module: string,
  table: Checked,
  condition: string,
  values: unknown[],
): Promise<RowHashes> {
  const key = table.key.map((column) => `${quoted(column)}::text`).join(', ');
  const rows = await side.rows<{ key: string[]; hash: string }>(
    `select array[${key}] as key, ${rowHash(table)}::text as hash
     ${from(module, table)} where ${condition}`,
    values,
  );
  return new Map(rows.map((row) => [JSON.stringify(row.key), row.hash]));
}
