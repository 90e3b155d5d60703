import { databaseUrlVariable, type Environment, type OperatorConfig } from '#config';
import { loginRole, passwordOf, urlWith } from '#platform/database/names';
import { migrate } from './migrations/index.js';
import { placedTargets } from './migrations/targets.js';
import { prismaFolder } from './project.js';
import { provision } from './provision/index.js';

/** A project on a server: what its database and roles are called, and whose they are. */
export interface Project {
  readonly adminUrl: string;
  readonly secret: string;
  readonly name: string;
  readonly modules: readonly string[];
  /** Of modules whose rows are in a database of their own on that server, its name. */
  readonly databases?: Readonly<Record<string, string>>;
}

/** A role's login URL to the database that a module's rows are in. */
export function roleUrl(
  { adminUrl, secret, databases = {} }: Project,
  module: string,
  user: string,
): string {
  const database = databases[module];
  const password = passwordOf(secret, user);
  return urlWith(adminUrl, { user, password, ...(database !== undefined && { database }) });
}

/**
 * Provisions and migrates: afterwards the app can start.
 *
 * @returns notes for the person at the terminal
 * @throws {CliError} or {MigrationError} when something is in the way
 */
export async function setUp(
  { adminUrl, secret, name, modules }: Project,
  { poolSize }: Pick<OperatorConfig, 'poolSize'>,
): Promise<readonly string[]> {
  const plan = await provision({ adminUrl, project: name, modules, secret, poolSize });
  await migrate(await placedTargets({ adminUrl, secret }, name, modules), { prismaFolder });
  return plan.notes;
}

/** The variables that tell an app its modules' login URLs. */
export const appEnvironment = (project: Project): Environment =>
  Object.fromEntries(
    project.modules.map((module) => [
      databaseUrlVariable(module),
      roleUrl(project, module, loginRole(project.name, module)),
    ]),
  );
