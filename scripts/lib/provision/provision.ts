import type pg from 'pg';
import { passwordOf } from '#platform/database/names';
import { inParallel } from '../in-parallel.js';
import { isMissingDatabase, withAdmin, withMaintenance } from './connection.js';
import { freshDatabase, readDatabaseFacts } from './database-facts.js';
import { makePlan, type Plan } from './plan.js';
import { retryingRaces } from './retry.js';
import { scramVerifier } from './scram.js';
import { readServerFacts } from './server-facts.js';
import { literal, MASKED_PASSWORD, type Statement } from './statement.js';
import { databaseOf, type ProvisionOptions, type ProvisionTarget, rolesOf } from './target.js';

/**
 * Reads the catalogs and says what `provision` would do. Changes nothing.
 *
 * @throws {CliError} as `provision` would
 */
export async function planProvision(
  target: ProvisionTarget,
  options: ProvisionOptions = {},
): Promise<Plan> {
  const look = (client: pg.Client) => planFrom(client, target, options);
  try {
    return await withAdmin(target.adminUrl, look);
  } catch (error) {
    if (!isMissingDatabase(error)) throw error;
    return withMaintenance(target.adminUrl, look);
  }
}

/**
 * Makes the database, the roles and the schemas what they should be. Idempotent, and safe to run
 * twice at once.
 *
 * @returns the plan that it carried out; without statements when nothing was to do
 * @throws {CliError} when roles or schemas of these names are somebody else's, when the passwords
 *   derive from a secret that is in use, or when the admin may not do it
 */
export async function provision(
  target: ProvisionTarget,
  options: ProvisionOptions = {},
): Promise<Plan> {
  const created: Statement[] = [];
  return retryingRaces(async () => {
    const plan = await planProvision(target, options);
    if (plan.statements.length === 0 && created.length === 0) return plan;
    for (const statement of plan.statements.filter((each) => each.outsideTransaction)) {
      await withMaintenance(target.adminUrl, (client) => client.query(statement.sql));
      created.push(statement);
    }
    const applied = await withAdmin(target.adminUrl, (client) => apply(client, target, options));
    return { ...applied, statements: [...created, ...applied.statements] };
  });
}

/** Plans once more under a lock, so that the second of two finds nothing left to do. */
async function apply(
  client: pg.Client,
  target: ProvisionTarget,
  options: ProvisionOptions,
): Promise<Plan> {
  await client.query("BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('provision', 0))");
  const plan = await planFrom(client, target, options);
  const script = await inParallel(plan.statements, 4, (each) => fillIn(each, target.secret));
  await client.query([...script, 'COMMIT'].join(';\n'));
  return plan;
}

async function planFrom(
  client: pg.Client,
  target: ProvisionTarget,
  options: ProvisionOptions,
): Promise<Plan> {
  const database = databaseOf(target.adminUrl);
  const roles = rolesOf(target.project, target.modules);
  const names = roles.flatMap(({ login, owner }) => [login, owner]);
  const server = await readServerFacts(client, database, names);
  const facts = server.databaseExists
    ? await readDatabaseFacts(client, roles)
    : freshDatabase(database, server.admin.name);
  return makePlan(target, options, server, facts);
}

async function fillIn({ sql, passwordOf: role }: Statement, secret: string): Promise<string> {
  if (role === undefined) return sql;
  const verifier = await scramVerifier(passwordOf(secret, role));
  return sql.replace(MASKED_PASSWORD, () => `PASSWORD ${literal(verifier)}`);
}
