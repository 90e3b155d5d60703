import { randomBytes } from 'node:crypto';
import { escapeIdentifier, type Client } from 'pg';
import { urlWith } from '#platform/database/names';
import { urlAt } from '#platform/placement/placement-table';
import { isMissingDatabase, withAdmin } from '../provision/connection.js';
import { notProvisioned } from './owner-session.js';
import { type MigrationTarget } from './types.js';

/**
 * Makes an empty database in which a module's migrations can be replayed, and drops it afterwards.
 * Those that killed runs have left behind are dropped first.
 *
 * @param adminUrl names the project's database
 * @param work is given the URL of the module's owner role in the new database
 * @throws {CliError} when the admin may not create databases, or the module is not provisioned
 */
export async function withShadowDatabase<Result>(
  adminUrl: string,
  { module, ownerUrl }: MigrationTarget,
  work: (shadowUrl: string) => Promise<Result>,
): Promise<Result> {
  const run = async (admin: Client) => {
    const stem = `${decodeURIComponent(new URL(adminUrl).pathname.slice(1)).slice(0, 40)}_shadow_`;
    await dropLeftovers(admin, stem);
    const database = stem + randomBytes(6).toString('hex');
    await claim(admin, database);
    try {
      await create(
        admin,
        adminUrl,
        database,
        module,
        decodeURIComponent(new URL(ownerUrl).username),
      );
      return await work(urlAt(ownerUrl, urlWith(adminUrl, { database })));
    } finally {
      await drop(admin, database);
    }
  };
  return withAdmin(adminUrl, run).catch((error: unknown) => {
    throw isMissingDatabase(error)
      ? notProvisioned(module, (error as Error).message, error)
      : error;
  });
}

async function create(
  admin: Client,
  adminUrl: string,
  database: string,
  module: string,
  ownerRole: string,
): Promise<void> {
  const [name, owner] = [database, ownerRole].map(escapeIdentifier);
  // Nobody is connected to template0, ever; a session in template1 would be in the way.
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  await admin.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
  await admin.query(`GRANT CONNECT ON DATABASE ${name} TO ${owner}`);
  await withAdmin(
    adminUrl,
    async (client) => {
      // Owned by the admin: to make the role its owner takes a membership that a crash would leave.
      const schema = escapeIdentifier(module);
      await client.query(`CREATE SCHEMA ${schema}`);
      await client.query(`GRANT USAGE, CREATE ON SCHEMA ${schema} TO ${owner}`);
    },
    database,
  );
}

// Not WITH (FORCE), which takes the right to end sessions of the owner role. Those have ended or
// are just ending, and Postgres waits for them for some seconds by itself.
const drop = (admin: Client, database: string) =>
  admin.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(database)}`);

/** Says that a database is in use, for as long as this session lives. */
const claim = (admin: Client, database: string) =>
  admin.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [database]);

async function dropLeftovers(admin: Client, stem: string): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    `SELECT datname AS name FROM pg_database
      WHERE starts_with(datname, $1) AND substr(datname, length($1) + 1) ~ '^[0-9a-f]{12}$'
        AND pg_get_userbyid(datdba) = current_user`,
    [stem],
  );
  for (const { name } of rows) {
    const key = [name];
    const claimed = await admin.query<{ free: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS free',
      key,
    );
    if (!claimed.rows[0]?.free) continue;
    await drop(admin, name);
    await admin.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', key);
  }
}
