import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The contents of a module's schema.prisma.
 *
 * @returns undefined for a module that has none, and so no Prisma models
 */
export function readSchema(prismaFolder: string, module: string): string | undefined {
  const file = join(prismaFolder, module, 'schema.prisma');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** A schema, in the shape in which the engine wants it. */
export const schemaFiles = (content: string) => ({ files: [{ path: 'schema.prisma', content }] });

/** What the engine says when there is no difference. */
const NOTHING = '-- This is an empty migration.';
const CREATE_SCHEMA = /^(?:-- CreateSchema\n)?CREATE SCHEMA IF NOT EXISTS "[^"]+";\n+/;

/**
 * The statements of a script that the engine wrote; empty when there are none. The schema is
 * provisioned and its owner may not create one, so a statement that would is left out.
 */
export const statementsOf = (script: string | null): string => {
  const text = (script ?? '').replace(CREATE_SCHEMA, '').trim();
  return text === NOTHING || text === '' ? '' : `${text}\n`;
};
