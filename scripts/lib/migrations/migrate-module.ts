import { join } from 'node:path';
import { type Client } from 'pg';
import {
  checksumOf,
  compareHistory,
  type Migration,
  type MigrationState,
  PLATFORM_PREFIX,
  type Query,
  readHistory,
  readMigrations,
} from '#platform/database/migration-history';
import { EngineConnection } from './adapter.js';
import { NO_MODELS, withEngine } from './engine.js';
import { faultOfError, faultOfScript, faultOfState } from './faults.js';
import { guardHistory, historyIsGuarded } from './history-guard.js';
import { isPlatform, migrationList, platformFilter } from './migration-list.js';
import { lockModule, withOwner } from './owner-session.js';
import { type MigrationOptions, type MigrationReport, type MigrationTarget } from './types.js';

interface Session {
  readonly target: MigrationTarget;
  readonly migrations: readonly Migration[];
  readonly client: Client;
  readonly query: Query;
}

/**
 * Applies what is pending in one module, as its owner role.
 *
 * @returns the migrations applied now, and the fault that stopped the module, if one did
 * @throws {CliError} when the module's database cannot be reached or is not provisioned
 */
export async function migrateModule(
  target: MigrationTarget,
  options: MigrationOptions,
): Promise<MigrationReport> {
  const { prismaFolder, retry, lockWaitSeconds = 60 } = options;
  const migrations = readMigrations(prismaFolder, target.module);
  return withOwner(target, async (client, query) => {
    const session: Session = { target, migrations, client, query };
    const found = await stateOf(session);
    const settled = isSettled(found) && (await historyIsGuarded(client, target.loginRole));
    if (settled) return { module: target.module, applied: [] };
    await lockModule(client, target.module, lockWaitSeconds);
    if (retry === target.module) await forgetFailures(session);
    return applyPending(session, options);
  });
}

const stateOf = async ({ migrations, query }: Session): Promise<MigrationState> =>
  compareHistory(migrations, await readHistory(query));

const isSettled = ({ pending, edited, failed, missing }: MigrationState) =>
  [pending, edited, failed, missing].every((names) => names.length === 0);

async function forgetFailures(session: Session): Promise<void> {
  const { failed } = await stateOf(session);
  if (failed.length === 0) return;
  const { module, ownerUrl } = session.target;
  await withEngine(new EngineConnection(ownerUrl, module), NO_MODELS, async (engine) => {
    for (const migrationName of failed) await engine.markMigrationRolledBack({ migrationName });
  });
}

async function applyPending(
  session: Session,
  { prismaFolder }: MigrationOptions,
): Promise<MigrationReport> {
  const { module, loginRole } = session.target;
  const before = await stateOf(session);
  const fault =
    faultOfState(module, before) ??
    (await applyPlatform(session, before.pending)) ??
    (await applyOwn(session, before.pending, join(prismaFolder, module)));
  await guardHistory(session.client, loginRole);
  const after = await stateOf(session);
  const applied = after.applied.filter((name) => !before.applied.includes(name));
  return { module, applied, ...(fault && { fault }) };
}

async function applyPlatform(session: Session, pending: readonly string[]) {
  const { client, migrations, target } = session;
  for (const migration of migrations) {
    if (!isPlatform(migration) || !pending.includes(migration.name)) continue;
    try {
      await client.query('BEGIN');
      await client.query(migration.sql);
      await client.query(
        `CREATE TABLE IF NOT EXISTS _platform_migrations
           (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
      );
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

async function applyOwn(session: Session, pending: readonly string[], folder: string) {
  const { module, ownerUrl } = session.target;
  const { migrations } = session;
  const own = migrations.filter((migration) => !isPlatform(migration));
  if (!own.some(({ name }) => pending.includes(name))) return undefined;
  const connection = new EngineConnection(ownerUrl, module);
  try {
    await withEngine(connection, NO_MODELS, (engine) =>
      engine.applyMigrations({
        migrationsList: migrationList(folder, own),
        filters: platformFilter(module, migrations),
      }),
    );
    return undefined;
  } catch (error) {
    const { failed } = await stateOf(session);
    const script = own.find(({ name }) => name === failed[0]);
    return script && connection.scriptError
      ? faultOfScript(script, module, connection.scriptError)
      : faultOfError(module, error);
  }
}
