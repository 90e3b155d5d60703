import {
  compareHistory,
  type HistoryRow,
  type Migration,
  type MigrationState,
  readHistory,
  readMigrations,
} from '#platform/database/migration-history';
import { applyOwn, applyPlatform, forgetFailures } from './apply.js';
import { faultOfState } from './faults.js';
import { guardHistory, historyIsGuarded } from './history-guard.js';
import { lockModule, type ModuleSession, withOwner } from './owner-session.js';
import { type MigrationOptions, type MigrationReport, type MigrationTarget } from './types.js';

/**
 * Applies what is pending in one module, as its owner role.
 *
 * @returns the migrations applied now, or that would be in a dry run, and the fault that stopped the module, if one did
 * @throws {CliError} when the module's database cannot be reached or is not provisioned
 */
export async function migrateModule(
  target: MigrationTarget,
  { prismaFolder, retry, dryRun, lockWaitSeconds = 60 }: MigrationOptions,
): Promise<MigrationReport> {
  const { module, loginRole } = target;
  const migrations = readMigrations(prismaFolder, module);
  return withOwner(target, async (session) => {
    const { state, rows } = await look(session, migrations);
    if (dryRun) {
      const fault = faultOfState(module, state, rows);
      return { module, applied: fault ? [] : state.pending, ...(fault && { fault }) };
    }
    if (isSettled(state) && (await historyIsGuarded(session.client, loginRole))) {
      return { module, applied: [] };
    }
    await lockModule(session.client, module, lockWaitSeconds);
    if (retry === module) {
      const { failed } = (await look(session, migrations)).state;
      await forgetFailures(session, failed);
    }
    return applyPending(session, migrations, prismaFolder);
  });
}

async function look(
  { query }: ModuleSession,
  migrations: readonly Migration[],
): Promise<{ state: MigrationState; rows: HistoryRow[] }> {
  const rows = await readHistory(query);
  return { state: compareHistory(migrations, rows), rows };
}

const isSettled = ({ pending, edited, failed, missing }: MigrationState) =>
  [pending, edited, failed, missing].every((names) => names.length === 0);

async function applyPending(
  session: ModuleSession,
  migrations: readonly Migration[],
  prismaFolder: string,
): Promise<MigrationReport> {
  const { module, loginRole } = session.target;
  const before = await look(session, migrations);
  const pending = migrations.filter(({ name }) => before.state.pending.includes(name));
  const fault =
    faultOfState(module, before.state, before.rows) ??
    (await applyPlatform(session, pending)) ??
    (await applyOwn(session, pending, migrations, prismaFolder));
  await guardHistory(session.client, loginRole);
  const after = await look(session, migrations);
  const applied = after.state.applied.filter((name) => before.state.pending.includes(name));
  return { module, applied, ...(fault && { fault }) };
}
