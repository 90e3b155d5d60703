import { statfs } from 'node:fs/promises';
import { name as quoted } from '../../provision/statement.js';
import type { TableFacts } from './preflight-facts.js';
import type { Side } from '../sides/side.js';

/** Bytes as a person reads them. */
export const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Bytes of a table that are read to see how fast that goes. */
const SAMPLE = 8_000_000;
/** Milliseconds that reading them may take. */
const PATIENCE = 1_000;
const CANCELED = '57014';

/**
 * The seconds within which the rows cannot be copied: what reading all of them takes, by a sample of
 * the largest table. Writing them, and into its indexes, takes several times that.
 *
 * @returns undefined when the admin may not read the table before the move
 */
export async function leastSeconds(
  side: Side,
  module: string,
  tables: readonly TableFacts[],
): Promise<number | undefined> {
  const [largest] = [...tables]
    .filter(({ kind }) => kind === 'r')
    .sort((one, other) => other.heapBytes - one.heapBytes);
  if (!largest) return undefined;
  const table = `${quoted(module)}.${quoted(largest.name)}`;
  const { readable } = await side.row<{ readable: boolean }>(
    `select has_schema_privilege($1, 'usage') and has_table_privilege(oid, 'select') as readable
     from pg_class where relnamespace = to_regnamespace(quote_ident($1)) and relname = $2`,
    [module, largest.name],
  );
  if (!readable) return undefined;
  const share = Math.min(1, SAMPLE / Math.max(1, largest.heapBytes));
  const rate = (largest.heapBytes * share) / (await secondsToRead(side, table, share));
  const bytes = tables.reduce((sum, { heapBytes }) => sum + heapBytes, 0);
  return bytes / Math.max(1, rate);
}

/** What arrives is thrown away by the driver. */
async function secondsToRead({ client }: Side, table: string, share: number): Promise<number> {
  const began = performance.now();
  const sample = `select * from only ${table} tablesample system (${100 * share})`;
  try {
    await client.query(`set statement_timeout = ${PATIENCE}`);
    await client.query(`copy (${sample}) to stdout`);
  } catch (error) {
    if ((error as { code?: string }).code !== CANCELED) throw error;
  } finally {
    await client.query('set statement_timeout = 0');
  }
  return (performance.now() - began) / 1000;
}

const HERE = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Bytes that are free where a server keeps its data, which Postgres does not say.
 *
 * @returns undefined of a server on another machine, or in a container
 */
export async function freeDisk(side: Side): Promise<number | undefined> {
  if (!HERE.includes(new URL(side.url).hostname)) return undefined;
  const [row] = await side.rows<{ folder: string }>(
    `select setting as folder from pg_settings where name = 'data_directory'`,
  );
  if (!row) return undefined;
  const found = await statfs(row.folder).catch(() => undefined);
  return found && found.bavail * found.bsize;
}
