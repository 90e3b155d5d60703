import { CliError } from '../cli.js';
import { type Moved, readPlacements } from '../placements.js';
import { withMaintenance } from './connection.js';
import { type Dropped, dropProject, rolesMarkedFor } from './drop.js';
import { listSessions, sessionsOf } from './sessions.js';
import { databaseOf, type ProvisionTarget } from './target.js';

/** The same, and the modules whose rows are in other databases, where they stay. */
export interface Reset extends Dropped {
  readonly moved: readonly Moved[];
}

/**
 * Drops the project's database and roles, once it is sure that they are meant.
 *
 * @param named the database that the person typed
 * @throws {CliError} when that is not the configured one, when it was not made by this project, or
 *   when somebody is connected to it
 */
export async function dropForReset(
  target: Pick<ProvisionTarget, 'adminUrl'>,
  named: string | undefined,
): Promise<Reset> {
  const database = databaseOf(target.adminUrl);
  refuseUnnamed(target.adminUrl, database, named);
  await refuseStrangersOrUsers(target.adminUrl, database);
  const moved = await readPlacements(target.adminUrl);
  return { ...(await dropProject(target)), moved };
}

function refuseUnnamed(adminUrl: string, database: string, named: string | undefined): void {
  if (named === database) return;
  const given = named === undefined ? 'none was named' : `"${named}" was named`;
  throw new CliError(
    `This drops the database "${database}" on "${new URL(adminUrl).host}", with all rows in it; ${given}.`,
    `If that is what you want: npm run db:reset -- --database ${database}`,
  );
}

async function refuseStrangersOrUsers(adminUrl: string, database: string): Promise<void> {
  await withMaintenance(adminUrl, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [
      database,
    ]);
    if (rowCount === 0) return;
    if ((await rolesMarkedFor(client, database)).length === 0) {
      throw new CliError(
        `No role of this server says that this project made the database "${database}".`,
        'If it is meant for this project: npm run db:provision. Otherwise correct DATABASE_URL.',
      );
    }
    const sessions = await sessionsOf(client, database);
    if (sessions.length === 0) return;
    throw new CliError(
      `The database "${database}" is in use:${listSessions(sessions)}`,
      'Stop the app and everything else that is connected, then reset again.',
    );
  });
}
