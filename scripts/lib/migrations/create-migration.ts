import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMigrations } from '#platform/database/migration-history';
import { CliError } from '../cli.js';
import { EngineConnection } from './adapter.js';
import { dataLoss } from './data-loss.js';
import { EngineError, withEngine } from './engine.js';
import { migrationList, platformFilter } from './migration-list.js';
import { readSchema, schemaFiles, statementsOf } from './schema-file.js';
import { withShadowDatabase } from './shadow-database.js';
import { type MigrationTarget } from './types.js';

/** A migration that is not written yet. */
export interface PlannedMigration {
  /** The SQL that takes the migrations to schema.prisma; empty when they agree. */
  readonly sql: string;
  /** What data it may lose, or may fail on: one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Works out what takes a module's migrations to its schema.prisma. Writes nothing.
 *
 * @param adminUrl names the project's database; a shadow database is made beside it
 * @throws {CliError} when schema.prisma is missing or wrong, or a migration does not apply
 */
export async function planMigration(
  adminUrl: string,
  target: MigrationTarget,
  prismaFolder: string,
): Promise<PlannedMigration> {
  const { module } = target;
  const schema = readSchema(prismaFolder, module);
  if (schema === undefined) {
    throw new CliError(
      `The module "${module}" has no prisma/${module}/schema.prisma`,
      `Write one, or a migration by hand: npm run migration:create -- ${module} <name> --empty`,
    );
  }
  const migrations = readMigrations(prismaFolder, module);
  const filters = platformFilter(module, migrations);
  const plan = async (shadowUrl: string): Promise<PlannedMigration> => {
    const connection = new EngineConnection(target.ownerUrl, module, () =>
      Promise.resolve(shadowUrl),
    );
    const { stdout } = await withEngine(connection, schema, (engine) =>
      engine.diff({
        from: { tag: 'migrations', ...migrationList(join(prismaFolder, module), migrations) },
        to: { tag: 'schemaDatamodel', ...schemaFiles(schema) },
        script: true,
        exitCode: null,
        filters,
      }),
    );
    const sql = statementsOf(stdout);
    return { sql, warnings: sql ? await dataLoss(shadowUrl, module, schema, filters) : [] };
  };
  try {
    return await withShadowDatabase(adminUrl, target, plan);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new CliError(
      `${module}: ${error.message}`,
      `Correct prisma/${module}, then repeat the command`,
      1,
      { cause: error },
    );
  }
}

/** The text of a migration file; its warnings are for those who will review it. */
export const migrationText = ({ sql, warnings }: PlannedMigration): string =>
  [...warnings.map((warning) => `-- Warning: ${warning.replaceAll('\n', ' ')}`), sql]
    .join('\n')
    .replace(/^\n/, '');

/**
 * Writes `prisma/<module>/migrations/<timestamp>_<name>/migration.sql`, and beside it the lock file
 * that the stock Prisma CLI wants to see.
 *
 * @param name lower-case words, joined by underscores
 * @returns the path of the file written, below the folder
 */
export function writeMigration(
  prismaFolder: string,
  module: string,
  name: string,
  text: string,
  now = new Date(),
): string {
  const folder = join(module, 'migrations', `${timestampAfter(prismaFolder, module, now)}_${name}`);
  mkdirSync(join(prismaFolder, folder), { recursive: true });
  writeFileSync(join(prismaFolder, folder, 'migration.sql'), text, { flag: 'wx' });
  writeLockFile(join(prismaFolder, module, 'migrations/migration_lock.toml'));
  return join(folder, 'migration.sql');
}

/** Now, or right after the last migration where a clock that runs ahead has stamped that one. */
function timestampAfter(prismaFolder: string, module: string, now: Date): string {
  const timestamp = now.toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const last =
    readMigrations(prismaFolder, module)
      .at(-1)
      ?.name.match(/^\d{14}(?=_)/)?.[0] ?? '';
  return last < timestamp ? timestamp : String(BigInt(last) + 1n);
}

function writeLockFile(file: string): void {
  try {
    writeFileSync(file, 'provider = "postgresql"\n', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
