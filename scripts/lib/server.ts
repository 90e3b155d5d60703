import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { OperatorConfig } from '#config';
import { urlWith } from '#platform/database/names';
import { CliError } from './cli.js';
import { createOnce } from './create-once.js';
import { OwnServers } from './own-servers.js';
import { dataFolder, projectName } from './project.js';

/** The Postgres that the operator's commands work on. */
export interface Server {
  /** Admin URL naming the project's database, which may not exist yet. */
  readonly adminUrl: string;
  /** What the roles' passwords are derived from. */
  readonly secret: string;
  /** This clone's own servers; undefined when DATABASE_URL names another. */
  readonly own?: OwnServers;
  /** Lets go of it; an embedded server that nobody else uses has ended when this resolves. */
  release(): Promise<void>;
}

/** These stay as the server made them: what is put into template1 turns up in every new database. */
const MAINTENANCE = ['postgres', 'template1'];
const OLDEST = 15;
const NEWEST_TRIED = 18;

/**
 * The server that DATABASE_URL names, or this clone's embedded one, which is started if need be.
 *
 * @throws {CliError} exit code 2, when it cannot be reached, cannot start or is older than 15
 */
export async function openServer(config: OperatorConfig): Promise<Server> {
  const secret = config.databaseSecret ?? ownSecret();
  if (config.databaseUrl !== undefined) {
    const adminUrl = projectUrl(config.databaseUrl);
    await checkServer(adminUrl);
    return { adminUrl, secret, release: async () => {} };
  }
  const own = await OwnServers.open();
  return { adminUrl: own.adminUrl, secret, own, release: () => own.release() };
}

/** The URL with the project's database, unless it names one of its own that may be used. */
export function projectUrl(databaseUrl: string): string {
  const database = databaseOf(databaseUrl);
  const ownChoice = database !== '' && !MAINTENANCE.includes(database);
  return ownChoice ? databaseUrl : urlWith(databaseUrl, { database: projectName });
}

const databaseOf = (url: string) => decodeURIComponent(new URL(url).pathname.slice(1));

/** The clone's own secret, made at the first call: 32 random bytes as base64url. */
function ownSecret(): string {
  const file = join(dataFolder, 'secret');
  mkdirSync(dataFolder, { recursive: true });
  const secret = existsSync(file)
    ? readFileSync(file, 'utf8').trim()
    : createOnce(file, randomBytes(32).toString('base64url'));
  if (secret.length >= 32) return secret;
  throw new CliError(
    `"${file}" holds ${secret.length} characters, and needs at least 32.`,
    'Restore it, or remove it and provision the roles again with a new one.',
    2,
  );
}

async function checkServer(adminUrl: string): Promise<void> {
  const major = Math.floor((await readVersion(adminUrl)) / 10_000);
  if (major < OLDEST) {
    throw new CliError(
      `${whereabouts(adminUrl)} is Postgres "${major}", older than "${OLDEST}".`,
      `Use a server from ${OLDEST} to ${NEWEST_TRIED}.`,
      2,
    );
  }
  if (major > NEWEST_TRIED) {
    process.stderr.write(
      `Note: ${whereabouts(adminUrl)} is Postgres ${major}; tried are ${OLDEST} to ${NEWEST_TRIED}.\n`,
    );
  }
}

/** The project's database may be missing still, so a maintenance database has to do then. */
async function readVersion(adminUrl: string): Promise<number> {
  const failures: unknown[] = [];
  for (const database of [databaseOf(adminUrl), ...MAINTENANCE]) {
    try {
      return await versionAt(urlWith(adminUrl, { database }));
    } catch (error) {
      failures.push(error);
      if (!isAboutTheDatabase(error)) break;
    }
  }
  const cause = failures.at(-1);
  throw new CliError(
    `${whereabouts(adminUrl)} cannot be used: ${reason(cause)}.`,
    'Correct DATABASE_URL, or start that server; without DATABASE_URL an embedded one is used.',
    2,
    { cause },
  );
}

async function versionAt(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A connection lost between two queries raises an event that would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string }>(
      "SELECT current_setting('server_version_num') AS version",
    );
    return Number(rows[0]?.version);
  } finally {
    await client.end().catch(() => {});
  }
}

/** It does not exist (3D000), or takes no connections from this role (42501, 55000). */
const isAboutTheDatabase = (error: unknown) =>
  ['3D000', '42501', '55000'].includes(String((error as { code?: unknown }).code));

/** Names a server without its password. */
function whereabouts(url: string): string {
  const { username, host } = new URL(url);
  return `The server of DATABASE_URL, ${username ? `${username}@` : ''}${host},`;
}

/** Node reports a host with several addresses as one error per address, and no message. */
function reason(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reason).join(', ');
  return error instanceof Error ? error.message || error.name : String(error);
}
