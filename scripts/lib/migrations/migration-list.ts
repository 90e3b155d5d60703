import { join } from 'node:path';
import { type MigrationList, type SchemaFilter } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { type Migration, PLATFORM_PREFIX } from '#platform/database/migration-history';

/** The tables that remember what was applied: Prisma's own, and the platform's. */
export const HISTORY_TABLES = ['_prisma_migrations', '_platform_migrations'];

export const isPlatform = ({ name }: Migration) => name.startsWith(PLATFORM_PREFIX);

/** A module's own migrations, in the shape in which the schema engine wants them. */
export const migrationList = (folder: string, migrations: readonly Migration[]): MigrationList => ({
  baseDir: join(folder, 'migrations'),
  lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
  shadowDbInitScript: '',
  migrationDirectories: migrations
    .filter((migration) => !isPlatform(migration))
    .map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
});

/** What the engine is to overlook in a module's schema: everything that the platform put there. */
export function platformFilter(module: string, migrations: readonly Migration[]): SchemaFilter {
  const script = migrations
    .filter(isPlatform)
    .map(({ sql }) => sql)
    .join('\n');
  const created = (kind: string) =>
    [
      ...script.matchAll(new RegExp(`^\\s*CREATE ${kind} (?:IF NOT EXISTS )?"?(\\w+)"?`, 'gim')),
    ].map(([, name]) => `${module}.${name}`);
  return {
    // Not Prisma's own: it overlooks that by itself, and could not read it if it were named.
    externalTables: [`${module}._platform_migrations`, ...created('TABLE')],
    externalEnums: created('TYPE'),
  };
}
