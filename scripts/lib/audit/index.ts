import pg from 'pg';
import { auditCatalog, readCatalog } from '#platform/database/audit/audit';
import type { Expectation, Finding } from '#platform/database/audit/finding';
import { CliError } from '../cli.js';
import { codeOf } from '../provision/connection.js';
import { roleWishes } from '../provision/roles.js';
import { rolesOf } from '../provision/target.js';

/**
 * What a project's database should be like, from its manifests alone.
 *
 * @param project stem of the roles
 * @param poolSize connections that one process keeps per module
 */
export function expectationOf(
  project: string,
  names: readonly string[],
  poolSize: number,
): Expectation {
  const modules = rolesOf(project, names);
  return { project, modules, roles: roleWishes(modules, poolSize) };
}

/**
 * Audits one database and changes nothing in it.
 *
 * @param url of any role that may connect
 * @throws {CliError} exit code 2, when it could not look
 */
export async function auditDatabase(url: string, expectation: Expectation): Promise<Finding[]> {
  if (expectation.modules.length === 0) {
    throw new CliError(
      'There is no module to audit.',
      'See that src/modules/*/module.json are there.',
      2,
    );
  }
  if (!URL.canParse(url)) {
    throw new CliError(
      `"${url}" is no URL.`,
      'Name the database as in postgres://role:password@host:5432/database',
      2,
    );
  }
  const client = new pg.Client({
    connectionString: url,
    application_name: 'audit',
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await readCatalog(client, () => auditCatalog(client, expectation));
  } catch (error) {
    throw unseen(url, error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function unseen(url: string, error: unknown): CliError {
  const { username, host, pathname } = new URL(url);
  const said = (error as Error).message || codeOf(error);
  return new CliError(
    `The database "${decodeURIComponent(pathname.slice(1))}" on "${host}" could not be audited as "${decodeURIComponent(username)}": ${said}`,
    'See that the server runs and the URL is right; the role needs LOGIN, CONNECT on that database, and nothing else.',
    2,
    { cause: error },
  );
}
