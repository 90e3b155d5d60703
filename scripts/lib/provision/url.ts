import { loginRole, ownerRole, passwordOf, urlWith } from '#platform/database/names';
import { refuseUnknownModules } from '../known-modules.js';
import type { ProvisionTarget } from './target.js';

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
  refuseUnknownModules([module], modules);
  const user = (owner ? ownerRole : loginRole)(project, module);
  return urlWith(adminUrl, { user, password: passwordOf(secret, user) });
}
