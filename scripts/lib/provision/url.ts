import { passwordOf, urlWith } from '#platform/database/names';
import { CliError } from '../cli.js';
import { type ProvisionTarget, rolesOf } from './target.js';

/** What a database URL is wanted for. */
export interface UrlWish {
  /** Nothing for the admin's. */
  readonly module?: string;
  /** The module's owner role instead of its login role. */
  readonly owner?: boolean;
}

/**
 * The URL by which a module, its migrations or the admin connects.
 *
 * @throws {CliError} naming the modules that there are, when there is none of that name
 */
export function databaseUrl(
  { adminUrl, project, modules, secret }: Omit<ProvisionTarget, 'poolSize'>,
  { module, owner = false }: UrlWish,
): string {
  if (module === undefined) return adminUrl;
  const roles = rolesOf(project, modules).find((each) => each.module === module);
  if (roles === undefined) {
    throw new CliError(`There is no module "${module}".`, `The modules are: ${modules.join(', ')}`);
  }
  const user = owner ? roles.owner : roles.login;
  return urlWith(adminUrl, { user, password: passwordOf(secret, user) });
}
