import { alignAccess } from './acl.js';
import type { DatabaseFacts } from './database-facts.js';
import { name, type Statement } from './statement.js';

/** The statements that let the project's roles, and nobody else, connect. */
export function alignDatabase(facts: DatabaseFacts, roles: readonly string[]): Statement[] {
  return alignAccess({
    object: `DATABASE ${name(facts.database.name)}`,
    found: facts.database.acl,
    wanted: new Map(roles.map((role) => [role, ['CONNECT']])),
    strict: new Set(roles),
  });
}

/** The statements that close the schema `public`. */
export function closePublicSchema(facts: DatabaseFacts, roles: readonly string[]): Statement[] {
  if (facts.public === null) return [];
  return alignAccess({
    object: 'SCHEMA "public"',
    found: facts.public.acl,
    wanted: new Map(),
    strict: new Set(roles),
  });
}
