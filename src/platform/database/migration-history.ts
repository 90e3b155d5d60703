import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The platform's migrations share a list with the module's own, under this prefix. */
export const PLATFORM_PREFIX = 'platform/';

/** One migration on disk. */
export interface Migration {
  /** `<timestamp>_<name>`, or `platform/<number>_<name>` for one of the platform's. */
  readonly name: string;
  readonly sql: string;
}

/** What the database remembers of one migration. */
export interface HistoryRow {
  readonly name: string;
  /** SHA-256 of the script, in hex. */
  readonly checksum: string;
  readonly finished: boolean;
  /** What Postgres said when it failed. */
  readonly error: string | null;
}

/** Names of migrations; each migration is in exactly one of the lists. */
export interface MigrationState {
  readonly applied: string[];
  readonly pending: string[];
  /** Applied, but the file has changed since. */
  readonly edited: string[];
  /** Begun and not finished, or being applied right now. */
  readonly failed: string[];
  /** Applied, but not on disk. */
  readonly missing: string[];
}

export type Query = (text: string) => Promise<readonly Record<string, unknown>[]>;

/**
 * The migrations of one module in the order in which they are applied: the platform's, then its own.
 *
 * @param prismaFolder absolute path of the folder that holds `platform/` and `<module>/`
 * @throws {Error} when a migration's folder holds no migration.sql or a file is misnamed
 */
export function readMigrations(prismaFolder: string, module: string): Migration[] {
  return [
    ...readPlatformMigrations(join(prismaFolder, 'platform/migrations')),
    ...readModuleMigrations(join(prismaFolder, module, 'migrations')),
  ];
}

function readPlatformMigrations(folder: string): Migration[] {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => /\.sql$/.test(file)) : [];
  const misnamed = files.find((file) => !/^\d+_/.test(file));
  if (misnamed) throw new Error(`${join(folder, misnamed)} is not named "<number>_<name>.sql"`);
  return files
    .sort((left, right) => parseInt(left, 10) - parseInt(right, 10))
    .map((file) => ({
      name: `${PLATFORM_PREFIX}${file.slice(0, -'.sql'.length)}`,
      sql: readFileSync(join(folder, file), 'utf8'),
    }));
}

function readModuleMigrations(folder: string): Migration[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const file = join(folder, name, 'migration.sql');
      if (!existsSync(file)) throw new Error(`${join(folder, name)} holds no migration.sql`);
      return { name, sql: readFileSync(file, 'utf8') };
    });
}

/**
 * What the database remembers of a module's migrations, those rolled back left out.
 * Without the history tables, that is nothing.
 *
 * @param query runs one statement as a role whose search_path is the module's schema
 */
export async function readHistory(query: Query): Promise<HistoryRow[]> {
  const [tables] = await query(
    `SELECT to_regclass('_platform_migrations') IS NOT NULL AS platform,
            to_regclass('_prisma_migrations') IS NOT NULL AS own`,
  );
  const platform = tables?.['platform']
    ? await query(
        `SELECT '${PLATFORM_PREFIX}' || name AS name, checksum, true AS finished, NULL AS error
           FROM _platform_migrations ORDER BY applied_at, name`,
      )
    : [];
  const own = tables?.['own']
    ? await query(
        `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished, logs AS error
           FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
      )
    : [];
  return [...platform, ...own] as unknown as HistoryRow[];
}

/** Compares the migrations on disk with what the database remembers. */
export function compareHistory(
  migrations: readonly Migration[],
  rows: readonly HistoryRow[],
): MigrationState {
  const state: MigrationState = { applied: [], pending: [], edited: [], failed: [], missing: [] };
  const onDisk = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const row of rows) {
    const migration = onDisk.get(row.name);
    if (!row.finished) state.failed.push(row.name);
    else if (!migration) state.missing.push(row.name);
    else if (!isScriptOf(row.checksum, migration.sql)) state.edited.push(row.name);
    else state.applied.push(row.name);
  }
  const known = new Set(rows.map((row) => row.name));
  state.pending.push(...[...onDisk.keys()].filter((name) => !known.has(name)));
  return state;
}

/** A script's checksum, as Prisma computes it. */
export const checksumOf = (sql: string) => createHash('sha256').update(sql).digest('hex');

// Git may check the same script out with other line ends; Prisma forgives that too.
const isScriptOf = (checksum: string, sql: string) => {
  const unix = sql.replaceAll('\r\n', '\n');
  return [sql, unix, unix.replaceAll('\n', '\r\n')].some((text) => checksumOf(text) === checksum);
};
