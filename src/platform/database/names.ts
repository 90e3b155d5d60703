import { createHmac } from 'node:crypto';

/** The role that a module's code logs in as: DML on its own schema and nothing else. */
export const loginRole = (project: string, module: string) => `${project}_${module}`;

/** The role that owns a module's schema and runs its migrations. */
export const ownerRole = (project: string, module: string) => `${project}_${module}_owner`;

/**
 * A role's password, derived so that nobody has to store it.
 *
 * @param secret the clone's secret
 * @returns 43 characters of base64url (HMAC-SHA-256)
 */
export const passwordOf = (secret: string, role: string) =>
  createHmac('sha256', secret).update(`role:${role}`).digest('base64url');

/** Another URL to the same server: the same host and parameters, another role or database. */
export function urlWith(
  url: string,
  change: { user?: string; password?: string; database?: string },
): string {
  const changed = new URL(url);
  if (change.user !== undefined) changed.username = encodeURIComponent(change.user);
  if (change.password !== undefined) changed.password = encodeURIComponent(change.password);
  if (change.database !== undefined) changed.pathname = `/${encodeURIComponent(change.database)}`;
  return changed.href;
}
