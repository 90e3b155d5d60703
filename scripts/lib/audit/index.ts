import pg from 'pg';
import { auditCatalog, readCatalog } from '#platform/database/audit/audit';
import type { AuditRecord, Expectation, Finding } from '#platform/database/audit/finding';
import { groupBy } from '#platform/group-by';
import { CliError } from '../cli.js';
import { moduleUrlAt, readPlacements } from '../placements.js';
import { codeOf, withAdmin } from '../provision/connection.js';
import { roleWishes } from '../provision/roles.js';
import { type ProvisionTarget, rolesOf } from '../provision/target.js';
import { moveRecords } from './move-records.js';

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
 * Audits a project's database, and those to which its modules have moved: each of them as a module
 * that is there. Changes nothing.
 *
 * @throws {CliError} exit code 2, when it could not look
 */
export async function auditProject(target: ProvisionTarget): Promise<Finding[]> {
  const { adminUrl, project, modules, poolSize } = target;
  const findings = await auditDatabase(adminUrl, expectationOf(project, modules, poolSize));
  const moved = (await readPlacements(adminUrl)).filter(({ module }) => modules.includes(module));
  const records = await withAdmin(adminUrl, (client) => moveRecords(client, project));
  for (const [database, places] of groupBy(moved, (place) => place.database)) {
    const names = places.map(({ module }) => module);
    const found = await auditDatabase(
      moduleUrlAt(target, names[0] as string, database),
      expectationOf(project, names, poolSize),
      records,
    );
    const { host, pathname } = new URL(database);
    const where = `in ${host}${pathname}, where ${names.join(', ')} went`;
    findings.push(...found.map((each) => ({ ...each, what: `${each.what}, ${where}` })));
  }
  return findings;
}

/**
 * Audits one database and changes nothing in it.
 *
 * @param url of any role that may connect
 * @param records what was put there on purpose, beside what the database's own journal says
 * @throws {CliError} exit code 2, when it could not look
 */
export async function auditDatabase(
  url: string,
  expectation: Expectation,
  records: readonly AuditRecord[] = [],
): Promise<Finding[]> {
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
    return await readCatalog(client, async () => {
      const own = await moveRecords(client, expectation.project);
      return auditCatalog(client, expectation, [...own, ...records]);
    });
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
