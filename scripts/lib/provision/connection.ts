import type { Socket } from 'node:net';
import pg from 'pg';
import { urlWith } from '#platform/database/names';
import { CliError } from '../cli.js';

const REFUSED = '42501';
const NO_SUCH_DATABASE = '3D000';

/** Milliseconds that the end of a connection may take. */
const GOODBYE = 2_000;

/** Databases that a server has whatever happens to ours. */
const MAINTENANCE = ['postgres', 'template1'];

/** The SQLSTATE of a failure, or the socket's error code. */
export const codeOf = (error: unknown) => (error as { code?: string } | null)?.code;

export const isMissingDatabase = (error: unknown) => codeOf(error) === NO_SUCH_DATABASE;

/**
 * Lends one connection as the admin.
 *
 * @param database another database of the server than the one that the URL names
 * @throws {CliError} when there is no connecting, or the admin is not allowed what the work does
 */
export async function withAdmin<T>(
  adminUrl: string,
  work: (client: pg.Client) => Promise<T>,
  database?: string,
): Promise<T> {
  const url = database === undefined ? adminUrl : urlWith(adminUrl, { database });
  const client = new pg.Client({ connectionString: url, application_name: 'provision' });
  // The server may end the connection at any time; the statement under way reports that.
  client.on('error', () => undefined);
  try {
    await connect(client, url);
    return await work(client);
  } catch (error) {
    throw codeOf(error) === REFUSED ? notAllowed(error as pg.DatabaseError, url) : error;
  } finally {
    await leave(client);
  }
}

/** A server that has stopped answering does not answer a goodbye either. */
async function leave(client: pg.Client): Promise<void> {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  const patience = setTimeout(() => stream.destroy(), GOODBYE);
  await client.end().catch(() => undefined);
  clearTimeout(patience);
}

/** Lends a connection to a database other than the one that the URL names. */
export async function withMaintenance<T>(
  adminUrl: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const [first, second] = MAINTENANCE as [string, string];
  return withAdmin(adminUrl, work, first).catch((error: unknown) => {
    if (!isMissingDatabase(error)) throw error;
    return withAdmin(adminUrl, work, second);
  });
}

async function connect(client: pg.Client, url: string): Promise<void> {
  try {
    await client.connect();
    // Names are resolved and printed as if no schema were on the path, whatever the admin's own is.
    await client.query("SET search_path = pg_catalog; SET lock_timeout = '30s'");
  } catch (error) {
    if (isMissingDatabase(error) || codeOf(error) === REFUSED) throw error;
    const { username, host } = new URL(url);
    throw new CliError(
      `Could not connect to "${host}" as "${decodeURIComponent(username)}": ${(error as Error).message || codeOf(error)}`,
      'See that the server runs and that DATABASE_URL is right.',
      2,
      { cause: error },
    );
  }
}

function notAllowed(error: pg.DatabaseError, url: string): CliError {
  const { username } = new URL(url);
  return new CliError(
    `Postgres refused it to "${decodeURIComponent(username)}": ${[error.message, error.detail].filter(Boolean).join('. ')}`,
    'Let DATABASE_URL name a superuser, or the role that owns the database and made its roles.',
    1,
    { cause: error },
  );
}
