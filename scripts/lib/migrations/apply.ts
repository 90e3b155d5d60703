import { join } from 'node:path';
import {
  checksumOf,
  compareHistory,
  type Migration,
  PLATFORM_PREFIX,
  readHistory,
} from '#platform/database/migration-history';
import { EngineConnection } from './adapter.js';
import { NO_MODELS, withEngine } from './engine.js';
import { faultOfError, faultOfScript } from './faults.js';
import { isPlatform, migrationList } from './migration-list.js';
import { type ModuleSession } from './owner-session.js';
import { type MigrationFault } from './types.js';

const HISTORY = `CREATE TABLE IF NOT EXISTS _platform_migrations
  (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`;

/**
 * Applies the platform's pending migrations, each in a transaction with its history row.
 *
 * @returns the fault that stopped it
 */
export async function applyPlatform(
  { client, target }: ModuleSession,
  pending: readonly Migration[],
): Promise<MigrationFault | undefined> {
  for (const migration of pending.filter(isPlatform)) {
    try {
      await client.query('BEGIN');
      await client.query(migration.sql);
      await client.query(HISTORY);
      await client.query('INSERT INTO _platform_migrations (name, checksum) VALUES ($1, $2)', [
        migration.name.slice(PLATFORM_PREFIX.length),
        checksumOf(migration.sql),
      ]);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      return faultOfScript(migration, target.module, error as Error);
    }
  }
  return undefined;
}

/**
 * Applies the module's own pending migrations through Prisma's schema engine.
 *
 * @param migrations all of the module's, since the engine compares its history with them
 * @returns the fault that stopped it
 */
export async function applyOwn(
  session: ModuleSession,
  pending: readonly Migration[],
  migrations: readonly Migration[],
  prismaFolder: string,
): Promise<MigrationFault | undefined> {
  if (pending.every(isPlatform)) return undefined;
  const { module, ownerUrl } = session.target;
  const connection = new EngineConnection(ownerUrl, module);
  const input = {
    migrationsList: migrationList(join(prismaFolder, module), migrations),
    filters: { externalTables: await tablesOf(session), externalEnums: [] },
  };
  try {
    await withEngine(connection, NO_MODELS, (engine) => engine.applyMigrations(input));
    return undefined;
  } catch (error) {
    const { failed } = compareHistory(migrations, await readHistory(session.query));
    const script = pending.find(({ name }) => name === failed[0]);
    return script && connection.scriptError
      ? faultOfScript(script, module, connection.scriptError)
      : faultOfError(module, error);
  }
}

/** Marks the module's failed migrations as rolled back, so that they are pending again. */
export async function forgetFailures(
  { target: { module, ownerUrl } }: ModuleSession,
  failed: readonly string[],
): Promise<void> {
  if (failed.length === 0) return;
  await withEngine(new EngineConnection(ownerUrl, module), NO_MODELS, async (engine) => {
    for (const migrationName of failed) await engine.markMigrationRolledBack({ migrationName });
  });
}

/**
 * All the tables that there are but the engine's own. The engine refuses to begin a history in a schema that holds a
 * table, and the platform's are always there. Its own table it would no longer find.
 */
async function tablesOf({ query, target }: ModuleSession): Promise<string[]> {
  const rows = await query(
    `SELECT relname AS name FROM pg_class
      WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
        AND relname <> '_prisma_migrations'`,
  );
  return rows.map((row) => `${target.module}.${String(row['name'])}`);
}
