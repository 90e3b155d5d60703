import { withAdmin } from './connection.js';
import { alignDatabase } from './database.js';
import { readDatabaseFacts } from './database-facts.js';
import { forgetMoves } from './platform-schema.js';
import { retryingRaces } from './retry.js';
import { rolesOf } from './target.js';

/**
 * Gives a copy of a provisioned database what CREATE DATABASE … TEMPLATE leaves out: who may
 * connect. Without it, PUBLIC may. What it has of the original's moves is taken away.
 *
 * @param adminUrl admin URL of the copy
 * @throws {CliError} when the admin may not do it
 */
export async function provisionCopy(
  adminUrl: string,
  project: string,
  modules: readonly string[],
): Promise<void> {
  const roles = rolesOf(project, modules);
  const names = roles.flatMap(({ login, owner }) => [login, owner]);
  await retryingRaces(() =>
    withAdmin(adminUrl, async (client) => {
      const facts = await readDatabaseFacts(client, roles);
      const statements = [...alignDatabase(facts, names), ...forgetMoves(facts.platformTables)];
      await client.query(statements.map(({ sql }) => sql).join(';\n'));
    }),
  );
}
