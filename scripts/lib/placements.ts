import {
  type DataPlace,
  PLACEMENT_CHANNEL,
  readPlaces,
  urlAt,
} from '#platform/placement/placement-table';
import { CliError } from './cli.js';
import { isMissingDatabase, withAdmin } from './provision/connection.js';
import { type ProvisionTarget } from './provision/target.js';
import { databaseUrl, type UrlWish } from './provision/url.js';

/** Where a module's rows are, when they are not at home. */
export interface Moved extends DataPlace {
  readonly database: string;
}

/**
 * The modules whose rows have moved, by the table in the project's database; none where that, or the
 * table, is still to be made.
 *
 * @throws {CliError} when there is no connecting, or the admin may not read it
 */
export const readPlacements = (adminUrl: string): Promise<Moved[]> =>
  withAdmin(adminUrl, async (client) => {
    const places = await readPlaces((text) => client.query<DataPlace>(text));
    return places.filter((place): place is Moved => place.database !== null);
  }).catch((error: unknown) => {
    if (isMissingDatabase(error)) return [];
    throw error;
  });

/** The URL by which a role of a module connects to where it went. */
export const moduleUrlAt = (
  target: Omit<ProvisionTarget, 'poolSize'>,
  module: string,
  database: string | null,
  wish: Pick<UrlWish, 'owner'> = {},
): string => urlAt(databaseUrl(target, { module, ...wish }), database);

/**
 * Notes where a module's process is reached, and tells all processes; the rows stay where they are.
 *
 * @param url its internal URL, or null where each process's configuration is to say
 * @throws {CliError} when the database is not provisioned
 */
export const setProcessUrl = (
  adminUrl: string,
  module: string,
  url: string | null,
): Promise<void> =>
  withAdmin(adminUrl, async (client) => {
    const { rowCount } = await client.query(
      "select where to_regclass('platform.placement') is not null",
    );
    if (rowCount === 0) {
      throw new CliError('The database has no table of placements.', 'npm run db:provision', 2);
    }
    await client.query(
      `insert into platform.placement (module, url) values ($1, $2)
       on conflict (module) do update set url = excluded.url, changed_at = clock_timestamp()`,
      [module, url],
    );
    await client.query('select pg_notify($1, $2)', [PLACEMENT_CHANNEL, module]);
  });
