import { isTableMissing } from '../database/failures.js';

/** Where a module's rows are, and its process. */
export interface DataPlace {
  readonly module: string;
  /** Grows with every move there and back. */
  readonly epoch: number;
  /** A Postgres URL without user and password; null where the configuration says. */
  readonly database: string | null;
  /** At which epoch they are about to be elsewhere, and where; null while nobody has announced that. */
  readonly nextEpoch?: number | null;
  readonly nextDatabase?: string | null;
  /** The internal URL of its process; null where the configuration says. */
  readonly url?: string | null;
}

/** Where it is told that a row of the table has changed; the payload is the module. */
export const PLACEMENT_CHANNEL = 'placement';

const QUERY = `
  select module, epoch::float8 as epoch, database, url,
    next_epoch::float8 as "nextEpoch", next_database as "nextDatabase"
  from platform.placement`;

/**
 * Reads where the modules are; none has moved where the table is missing, as in the database
 * of a service that has left.
 *
 * @param ask runs one statement in the modules' home, the database of the configuration
 * @throws what the statement fails with, also when it is not allowed: what is not known is not home
 */
export async function readPlaces(
  ask: (text: string) => Promise<{ rows: DataPlace[] }>,
): Promise<DataPlace[]> {
  try {
    return (await ask(QUERY)).rows;
  } catch (error) {
    if (isTableMissing(error)) return [];
    throw error;
  }
}

/** A role's URL at a place: its user and password are the same everywhere. */
export function urlAt(home: string, database: string | null): string {
  if (database === null) return home;
  const { username, password } = new URL(home);
  return Object.assign(new URL(database), { username, password }).href;
}
