import { CliError } from '../cli.js';
import type { DatabaseFacts } from './database-facts.js';
import { parseMarker, type Marker } from './marker.js';
import type { RoleFacts, ServerFacts } from './server-facts.js';
import type { Statement } from './statement.js';
import type { ModuleRoles } from './target.js';

const lines = (faults: readonly string[]) => faults.map((fault) => `\n  - ${fault}`).join('');

/**
 * A module that has moved to another database of its server keeps its roles, which are the first
 * database's. They are ours there, too, if they own the schema and go by the same secret.
 *
 * @throws {CliError} naming every role that another project, or nobody known, made
 */
export function refuseForeignRoles(
  { roles }: ServerFacts,
  marker: Marker,
  { schemas }: DatabaseFacts,
  modules: readonly ModuleRoles[],
): void {
  const shared = modules.filter(({ module, owner }) =>
    schemas.some((schema) => schema.name === module && schema.owner === owner),
  );
  const faults = [...roles.values()].flatMap(({ name, comment }) => {
    const found = parseMarker(comment);
    if (found === undefined) return [`"${name}" carries no mark of this project`];
    if (found.database === marker.database) return [];
    const isShared = shared.some(({ login, owner }) => name === login || name === owner);
    if (isShared && found.secret === marker.secret) return [];
    return [`"${name}" belongs to the database "${found.database}", not to "${marker.database}"`];
  });
  if (faults.length === 0) return;
  throw new CliError(
    `Roles of these names were made by somebody else:${lines(faults)}`,
    'Roles belong to the whole server. Give this project another "name" in package.json, or use ' +
      'another server, or drop those roles if nobody needs them (DROP OWNED BY …; DROP ROLE …).',
  );
}

/**
 * @param outdated the roles whose password derives from another secret
 * @throws {CliError} when one of them is in use: somebody else goes by the other secret
 */
export function refuseRotationInUse(outdated: readonly RoleFacts[]): void {
  const busy = outdated.filter(({ sessions }) => sessions > 0);
  if (busy.length === 0) return;
  throw new CliError(
    'The passwords of this database derive from another DATABASE_SECRET, and somebody is using them:' +
      lines(busy.map(({ name, sessions }) => `"${name}" has ${sessions} session(s)`)),
    'Set DATABASE_SECRET to that of the clone or deployment which provisioned it first. Or, to ' +
      'lock that one out: npm run db:provision -- --rotate-passwords',
  );
}

/** @throws {CliError} naming every schema that somebody else owns */
export function refuseForeignSchemas(
  { database, schemas }: DatabaseFacts,
  roles: readonly ModuleRoles[],
): void {
  const faults = schemas.flatMap(({ name, owner }) => {
    const wanted = roles.find(({ module }) => module === name)?.owner;
    return owner === wanted ? [] : [`"${name}" belongs to "${owner}", not to "${wanted}"`];
  });
  if (faults.length === 0) return;
  throw new CliError(
    `Schemas of these names are already in the database "${database.name}":${lines(faults)}`,
    'Use another database, or hand the schema over: ALTER SCHEMA … OWNER TO …',
  );
}

/**
 * Checks before the first statement, since Postgres only warns when a GRANT has no effect.
 *
 * @throws {CliError} when the admin lacks what the statements take
 */
export function refusePowerlessAdmin(
  { admin, roles, databaseExists }: ServerFacts,
  facts: DatabaseFacts,
  statements: Readonly<Record<'database' | 'public' | 'platform', readonly Statement[]>>,
  roleNames: readonly string[],
): void {
  const faults: string[] = [];
  if (!databaseExists && !admin.createDatabase) {
    faults.push(`the database "${facts.database.name}" is missing, and it has no CREATEDB`);
  }
  if (!admin.createRole && roleNames.some((role) => !roles.has(role))) {
    faults.push('roles are missing, and it has no CREATEROLE');
  }
  if (statements.database.length > 0 && !facts.database.alterable) {
    faults.push(`the database "${facts.database.name}" belongs to "${facts.database.owner}"`);
  }
  for (const schema of ['public', 'platform'] as const) {
    const found = facts[schema];
    if (statements[schema].length > 0 && found?.alterable === false) {
      faults.push(`the schema "${schema}" belongs to "${found.owner}"`);
    }
  }
  if (faults.length === 0) return;
  throw new CliError(
    `The role "${admin.name}" cannot provision the database "${facts.database.name}":${lines(faults)}`,
    'Let DATABASE_URL name a superuser, or a role with CREATEROLE and CREATEDB that owns the ' +
      `database: ALTER DATABASE … OWNER TO …`,
  );
}
