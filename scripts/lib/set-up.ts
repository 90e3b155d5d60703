import { databaseUrlVariable, type Environment, type OperatorConfig } from '#config';
import { loginRole, passwordOf, urlWith } from '#platform/database/names';
import { migrate } from './migrations/index.js';
import { targetsOf } from './migrations/targets.js';
import { prismaFolder } from './project.js';
import { provision } from './provision/index.js';

/** A project on a server: what its database and roles are called, and whose they are. */
export interface Project {
  readonly adminUrl: string;
  readonly secret: string;
  readonly name: string;
  readonly modules: readonly string[];
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
  await migrate(targetsOf({ adminUrl, secret }, name, modules), { prismaFolder });
  return plan.notes;
}

/** The variables that tell an app its modules' login URLs. */
export function appEnvironment({ adminUrl, secret, name, modules }: Project): Environment {
  return Object.fromEntries(
    modules.map((module) => {
      const user = loginRole(name, module);
      const password = passwordOf(secret, user);
      return [databaseUrlVariable(module), urlWith(adminUrl, { user, password })];
    }),
  );
}
