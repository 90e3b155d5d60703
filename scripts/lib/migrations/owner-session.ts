import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { type Query } from '#platform/database/migration-history';
import { CliError } from '../cli.js';
import { type MigrationTarget } from './types.js';

const NOT_PROVISIONED = new Set(['28P01', '28000', '3D000', '42501']);

/** One module's schema, seen as its owner role. */
export interface ModuleSession {
  readonly target: MigrationTarget;
  readonly client: Client;
  readonly query: Query;
}

/**
 * Runs work on a connection of a module's owner role.
 *
 * @throws {CliError} when the server is not there, or the module is not provisioned on it
 */
export async function withOwner<Result>(
  target: MigrationTarget,
  work: (session: ModuleSession) => Promise<Result>,
): Promise<Result> {
  const { module, ownerUrl } = target;
  const client = new Client({ connectionString: ownerUrl, application_name: `migrate ${module}` });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const query: Query = async (text) => (await client.query<Record<string, unknown>>(text)).rows;
    const [found] = await query('SELECT current_schema() AS schema');
    if (found?.['schema'] !== module) throw notProvisioned(module, 'its schema is not there');
    return await work({ target, client, query });
  } catch (error) {
    throw connectionFailure(module, error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The failure of a command that needs a database which is not ready for the module. */
export const notProvisioned = (module: string, why: string, cause?: unknown) =>
  new CliError(
    `The module "${module}" is not provisioned in this database: ${why}`,
    'Provision it first: npm run db:provision',
    2,
    { cause },
  );

/** What a failure to connect for a module means to whoever runs a command; any other one as it is. */
export function connectionFailure(module: string, error: unknown): unknown {
  const { code = '', message, severity } = error as Error & { code?: string; severity?: string };
  if (severity === 'FATAL' && NOT_PROVISIONED.has(code))
    return notProvisioned(module, message, error);
  if (!/^E[A-Z]+$/.test(code)) return error;
  return new CliError(
    `The database server of the module "${module}" does not answer: ${message || code}`,
    'Start it. It is the one of DATABASE_URL, or where the rows of the module have moved.',
    2,
    { cause: error },
  );
}

/**
 * Takes the module's migration lock for the rest of the session.
 *
 * @param seconds how long to wait for another process that holds it
 * @throws {CliError} when it is still held after that
 */
export async function lockModule(client: Client, module: string, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  // Asked again and again, since a session that waits in pg_advisory_lock holds a snapshot, and
  // CREATE INDEX CONCURRENTLY in the migration it waits for would wait for that snapshot.
  while (!(await tryLock(client, module))) {
    if (Date.now() >= deadline) {
      throw new CliError(
        `Another process has been migrating the module "${module}" for ${seconds} s or more`,
        'Let it end and repeat the command; pg_stat_activity shows what it does',
      );
    }
    await pause(50);
  }
}

async function tryLock(client: Client, module: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked',
    [`migrate:${module}`],
  );
  return rows[0]?.locked === true;
}
