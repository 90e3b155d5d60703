import type pg from 'pg';
import { CliError } from '../cli.js';
import { codeOf, withMaintenance } from './connection.js';
import { parseMarker } from './marker.js';
import { listSessions, sessionsOf } from './sessions.js';
import { name } from './statement.js';
import { databaseOf, type ProvisionTarget } from './target.js';

/** What was dropped, and what could not be. */
export interface Dropped {
  readonly roles: readonly string[];
  /** Roles that other databases still need, such as copies made for tests. */
  readonly kept: readonly string[];
}

const IN_USE = '55006';

/**
 * Drops the database, with all that is in it, and the roles that were made for it.
 *
 * @throws {CliError} when somebody is still connected (Postgres waits 5 s for that to end), or
 *   when the admin may not do it
 */
export async function dropProject({
  adminUrl,
}: Pick<ProvisionTarget, 'adminUrl'>): Promise<Dropped> {
  const database = databaseOf(adminUrl);
  return withMaintenance(adminUrl, async (client) => {
    await dropDatabase(client, database);
    const marked = await rolesMarkedFor(client, database);
    const needed = await rolesInUse(client, marked);
    const roles = marked.filter((role) => !needed.has(role));
    if (roles.length > 0) await client.query(`DROP ROLE ${roles.map(name).join(', ')}`);
    return { roles, kept: [...needed] };
  });
}

async function dropDatabase(client: pg.Client, database: string): Promise<void> {
  try {
    await client.query(`DROP DATABASE IF EXISTS ${name(database)}`);
  } catch (error) {
    if (codeOf(error) !== IN_USE) throw error;
    const { message, detail = '' } = error as pg.DatabaseError;
    throw new CliError(
      `Postgres did not drop the database "${database}": ${message}. ${detail}${listSessions(await sessionsOf(client, database))}`,
      'Stop the app and everything else that uses it, then try again.',
      1,
      { cause: error },
    );
  }
}

/** The roles of the server that were made for a database, those of removed modules included. */
export async function rolesMarkedFor(client: pg.ClientBase, database: string): Promise<string[]> {
  const { rows } = await client.query<{ role: string; comment: string }>(
    `select rolname as role, description as comment from pg_roles
     join pg_shdescription on objoid = pg_roles.oid and classoid = 'pg_authid'::regclass
     order by 1`,
  );
  return rows
    .filter(({ comment }) => parseMarker(comment)?.database === database)
    .map(({ role }) => role);
}

async function rolesInUse(client: pg.ClientBase, roles: readonly string[]): Promise<Set<string>> {
  const { rows } = await client.query<{ role: string }>(
    `select distinct rolname as role from pg_shdepend join pg_roles on pg_roles.oid = refobjid
     where refclassid = 'pg_authid'::regclass and rolname = any($1) order by 1`,
    [roles],
  );
  return new Set(rows.map(({ role }) => role));
}
