import { loginRole, ownerRole } from '#platform/database/names';
import { CliError } from '../cli.js';

/** Which database to provision, for which modules. */
export interface ProvisionTarget {
  /** Admin URL; its database is the one to provision, created when missing. */
  readonly adminUrl: string;
  /** Stem of the roles, such as "night_market". */
  readonly project: string;
  readonly modules: readonly string[];
  /** The passwords derive from it: `passwordOf(secret, role)`. */
  readonly secret: string;
  /** Connections that one process keeps per module. */
  readonly poolSize: number;
}

export interface ProvisionOptions {
  /** Sets every password anew, though sessions of the roles may be connected. */
  readonly rotatePasswords?: boolean;
}

/** A module and the names of its two roles. */
export interface ModuleRoles {
  readonly module: string;
  readonly login: string;
  readonly owner: string;
}

/** Longest name that Postgres keeps whole, in bytes; it silently cuts off the rest. */
const LONGEST_NAME = 63;

/** @throws {CliError} when a role's name would be cut off */
export function rolesOf(project: string, modules: readonly string[]): ModuleRoles[] {
  const roles = modules.map((module) => ({
    module,
    login: loginRole(project, module),
    owner: ownerRole(project, module),
  }));
  const tooLong = roles.filter(({ owner }) => Buffer.byteLength(owner) > LONGEST_NAME);
  if (tooLong.length === 0) return roles;
  throw new CliError(
    `Postgres cuts names off at ${LONGEST_NAME} bytes; longer are: ${tooLong.map(({ owner }) => `"${owner}"`).join(', ')}.`,
    'Shorten the module names, or the name in package.json.',
  );
}

/** @throws {CliError} when the URL names no database */
export function databaseOf(url: string): string {
  const database = decodeURIComponent(new URL(url).pathname.slice(1));
  if (database !== '') return database;
  throw new CliError(
    'The admin URL names no database.',
    'End DATABASE_URL with the name of the database to use, as in postgres://admin@host:5432/name',
    2,
  );
}
