import { retryingRaces } from './retry.js';
import { isMissingDatabase, withAdmin, withMaintenance } from './connection.js';
import { alignDatabase, closePublicSchema } from './database.js';
import { readDatabaseFacts } from './database-facts.js';
import { alignPlatform } from './platform-schema.js';
import { refuseForeignSchemas } from './refusals.js';
import { alignSchema } from './schema.js';
import { readServerFacts } from './server-facts.js';
import { name } from './statement.js';
import { databaseOf, rolesOf } from './target.js';

/**
 * Makes a further database on the project's server, for some of its modules. The roles are the
 * project's own and stay as they are.
 *
 * @param adminUrl admin URL of the further database
 * @throws {CliError} when schemas of these names are somebody else's, or the admin may not do it
 */
export async function provisionSecondDatabase(
  adminUrl: string,
  project: string,
  modules: readonly string[],
): Promise<void> {
  const roles = rolesOf(project, modules);
  const names = roles.flatMap(({ login, owner }) => [login, owner]);
  await createUnlessThere(adminUrl);
  await retryingRaces(() =>
    withAdmin(adminUrl, async (client) => {
      await client.query("BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('provision', 0))");
      const server = await readServerFacts(client, databaseOf(adminUrl), names);
      const facts = await readDatabaseFacts(client, roles);
      refuseForeignSchemas(facts, roles);
      const statements = [
        ...alignDatabase(facts, names),
        ...closePublicSchema(facts, names),
        ...alignPlatform(
          facts,
          roles.map(({ login }) => login),
          names,
        ),
        ...roles.flatMap((each) => alignSchema(each, server, facts, new Set(names))),
      ];
      await client.query([...statements.map(({ sql }) => sql), 'COMMIT'].join(';\n'));
    }),
  );
}

async function createUnlessThere(adminUrl: string): Promise<void> {
  try {
    await withAdmin(adminUrl, (client) => client.query('select'));
  } catch (error) {
    if (!isMissingDatabase(error)) throw error;
    const database = name(databaseOf(adminUrl));
    await withMaintenance(adminUrl, (client) =>
      client.query(`CREATE DATABASE ${database} TEMPLATE template0 ENCODING 'UTF8'`),
    );
  }
}
