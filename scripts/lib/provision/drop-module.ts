import type pg from 'pg';
import { CliError, listed } from '../cli.js';
import { readPlacements } from '../placements.js';
import { isMissingDatabase, withAdmin } from './connection.js';
import { rolesMarkedFor } from './drop.js';
import { readServerFacts, type ServerFacts } from './server-facts.js';
import { name, names, type Statement } from './statement.js';
import { databaseOf, type ModuleRoles, type ProvisionTarget, rolesOf } from './target.js';

/** What dropping a module's data takes, as plain data. */
export interface DropPlan {
  readonly statements: readonly Statement[];
  /** Roles that other databases still need, such as copies made for tests. */
  readonly kept: readonly string[];
  /** How many tables go, and how many rows Postgres last counted in them. */
  readonly tables: number;
  readonly rows: number;
}

type DropTarget = Pick<ProvisionTarget, 'adminUrl' | 'project'>;

const NOTHING: DropPlan = { statements: [], kept: [], tables: 0, rows: 0 };

/**
 * Looks at what a module has on the server, and says how it goes. Changes nothing.
 *
 * @throws {CliError} when its roles are in use, its rows are elsewhere, or its schema or roles are
 *   not this project's
 */
export async function planModuleDrop(target: DropTarget, module: string): Promise<DropPlan> {
  await refuseMoved(target, module);
  return withAdmin(target.adminUrl, (client) => planFrom(client, target, module)).catch(
    unlessMissing,
  );
}

/** Drops a module's schema and roles, in one transaction; gives what it did. Throws as the plan. */
export async function dropModule(target: DropTarget, module: string): Promise<DropPlan> {
  await refuseMoved(target, module);
  return withAdmin(target.adminUrl, async (client) => {
    await client.query("BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('provision', 0))");
    const plan = await planFrom(client, target, module);
    await client.query([...plan.statements.map(({ sql }) => sql), 'COMMIT'].join(';\n'));
    return plan;
  }).catch(unlessMissing);
}

function unlessMissing(error: unknown): DropPlan {
  if (isMissingDatabase(error)) return NOTHING;
  throw error;
}

async function planFrom(
  client: pg.Client,
  { adminUrl, project }: DropTarget,
  module: string,
): Promise<DropPlan> {
  const database = databaseOf(adminUrl);
  const [roles] = rolesOf(project, [module]) as [ModuleRoles];
  const ours = await rolesMarkedFor(client, database);
  const server = await readServerFacts(client, database, [roles.login, roles.owner]);
  const schema = await readSchema(client, module);
  refuseStrangers(
    [...server.roles.keys()].filter((role) => !ours.includes(role)),
    schema,
    roles,
  );
  refuseSessions(server);
  const found = [...server.roles.keys()];
  const kept = await neededElsewhere(client, found);
  return {
    statements: statementsFor(module, server, schema !== undefined, kept),
    kept,
    tables: schema?.tables ?? 0,
    rows: schema?.rows ?? 0,
  };
}

interface SchemaFacts {
  readonly owner: string;
  readonly tables: number;
  readonly rows: number;
}

async function readSchema(client: pg.Client, module: string): Promise<SchemaFacts | undefined> {
  const { rows } = await client.query<SchemaFacts>(
    `select pg_get_userbyid(nspowner) as owner, count(c.oid)::int as tables,
       coalesce(sum(greatest(reltuples, 0)), 0)::float8 as rows
     from pg_namespace n left join pg_class c on relnamespace = n.oid and relkind in ('r', 'p')
     where nspname = $1 group by nspowner`,
    [module],
  );
  return rows[0];
}

/** The roles that objects or privileges in other databases of the server refer to. */
async function neededElsewhere(client: pg.Client, roles: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ role: string }>(
    `with here as (select oid from pg_database where datname = current_database())
     select distinct rolname as role from here, pg_shdepend join pg_roles on pg_roles.oid = refobjid
     where refclassid = 'pg_authid'::regclass and rolname = any($1) and dbid <> here.oid
       and not (classid = 'pg_database'::regclass and objid = here.oid) order by 1`,
    [roles],
  );
  return rows.map(({ role }) => role);
}

function statementsFor(
  module: string,
  { admin, version, roles }: ServerFacts,
  hasSchema: boolean,
  kept: readonly string[],
): Statement[] {
  const found = [...roles.keys()];
  const unneeded = found.filter((role) => !kept.includes(role));
  if (found.length === 0) return [];
  // Only a member with the role's privileges may drop what it owns; the maker of a role may join.
  const join = admin.superuser ? [] : found;
  const options = version < 16 ? '' : ' WITH INHERIT TRUE, SET TRUE';
  return [
    ...join.map((role) => ({
      sql: `GRANT ${name(role)} TO CURRENT_USER${options}`,
      reason: 'let the admin drop what the role owns, until the end of this transaction',
    })),
    ...(hasSchema
      ? [{ sql: `DROP SCHEMA ${name(module)} CASCADE`, reason: 'with every table and row in it' }]
      : []),
    { sql: `DROP OWNED BY ${names(found)}`, reason: "the roles' privileges in this database" },
    ...join
      .filter((role) => kept.includes(role))
      .map((role) => ({
        sql: `REVOKE ${name(role)} FROM CURRENT_USER GRANTED BY CURRENT_USER`,
        reason: 'leave no membership behind',
      })),
    ...(unneeded.length > 0
      ? [{ sql: `DROP ROLE ${names(unneeded)}`, reason: 'nothing needs them any more' }]
      : []),
  ];
}

function refuseStrangers(
  foreign: readonly string[],
  schema: SchemaFacts | undefined,
  { module, owner }: ModuleRoles,
): void {
  const faults = foreign.map((role) => `the role "${role}" was not made for this database`);
  if (schema !== undefined && schema.owner !== owner) {
    faults.push(`the schema "${module}" belongs to "${schema.owner}", not to "${owner}"`);
  }
  if (faults.length === 0) return;
  throw new CliError(
    `What is called "${module}" on the server is not this project's:${listed(faults)}`,
    'Correct DATABASE_URL, or leave out --drop-data.',
  );
}

async function refuseMoved({ adminUrl }: DropTarget, module: string): Promise<void> {
  const moved = (await readPlacements(adminUrl)).find((place) => place.module === module);
  if (!moved) return;
  const { host, pathname } = new URL(moved.database);
  throw new CliError(
    `The rows of "${module}" are not here: they have moved to ${host}${pathname}.`,
    `Bring them back first: npm run extract-module -- ${module} rollback. After its finish, leave out --drop-data.`,
  );
}

function refuseSessions({ roles }: ServerFacts): void {
  const busy = [...roles.values()].filter(({ sessions }) => sessions > 0);
  if (busy.length === 0) return;
  throw new CliError(
    `The module's roles are in use:${listed(busy.map((role) => `${role.sessions} session(s) of "${role.name}"`))}`,
    'Stop the app and everything else that is connected, then repeat the command.',
  );
}
