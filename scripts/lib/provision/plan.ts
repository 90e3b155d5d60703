import { alignDatabase, closePublicSchema } from './database.js';
import type { DatabaseFacts } from './database-facts.js';
import { markerOf, parseMarker } from './marker.js';
import { alignPlatform } from './platform-schema.js';
import {
  refuseForeignRoles,
  refuseForeignSchemas,
  refusePowerlessAdmin,
  refuseRotationInUse,
} from './refusals.js';
import { alignRole, roleWishes } from './roles.js';
import { alignSchema } from './schema.js';
import type { ServerFacts } from './server-facts.js';
import { name, type Statement } from './statement.js';
import { databaseOf, type ProvisionOptions, type ProvisionTarget, rolesOf } from './target.js';

/** What is to be done, as plain data without passwords; nothing when there are no statements. */
export interface Plan {
  readonly database: string;
  readonly statements: readonly Statement[];
  /** What a person should know about it. */
  readonly notes: readonly string[];
}

/**
 * Compares what is with what should be. Pure.
 *
 * @throws {CliError} when something in the way is not ours to change
 */
export function makePlan(
  target: ProvisionTarget,
  options: ProvisionOptions,
  server: ServerFacts,
  facts: DatabaseFacts,
): Plan {
  const database = databaseOf(target.adminUrl);
  const modules = rolesOf(target.project, target.modules);
  const marker = markerOf(database, target.secret);
  const rotate = options.rotatePasswords === true;
  const wishes = roleWishes(modules, target.poolSize);
  const roleNames = wishes.map((wish) => wish.name);

  refuseForeignRoles(server, marker, facts, modules);
  refuseForeignSchemas(facts, modules);
  const outdated = [...server.roles.values()].filter(
    ({ comment }) => parseMarker(comment)?.secret !== marker.secret,
  );
  if (!rotate) refuseRotationInUse(outdated);

  const rotated = new Set(
    (rotate ? [...server.roles.values()] : outdated).map((role) => role.name),
  );
  const access = {
    database: alignDatabase(facts, roleNames),
    public: closePublicSchema(facts, roleNames),
    platform: alignPlatform(
      facts,
      modules.map(({ login }) => login),
      roleNames,
    ),
  };
  refusePowerlessAdmin(server, facts, access, roleNames);

  const projectRoles = new Set(roleNames);
  return {
    database,
    statements: [
      ...(server.databaseExists ? [] : [createDatabase(database)]),
      ...wishes.flatMap((wish) => alignRole(wish, server, marker, rotated.has(wish.name))),
      ...access.database,
      ...access.public,
      ...access.platform,
      ...modules.flatMap((roles) => alignSchema(roles, server, facts, projectRoles)),
    ],
    notes: notesOn(rotated, rotate),
  };
}

const createDatabase = (database: string): Statement => ({
  // template0 is the same everywhere; a site may have put anything into template1.
  sql: `CREATE DATABASE ${name(database)} TEMPLATE template0 ENCODING 'UTF8'`,
  reason: 'make the database',
  outsideTransaction: true,
});

function notesOn(rotated: ReadonlySet<string>, asked: boolean): string[] {
  if (rotated.size === 0) return [];
  const why = asked
    ? 'as asked for'
    : 'they derived from another DATABASE_SECRET, and nobody was using them';
  return [`the passwords of ${rotated.size} roles are set anew: ${why}`];
}
