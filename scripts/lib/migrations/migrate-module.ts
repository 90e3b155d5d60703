import {
  compareHistory,
  type HistoryRow,
  type Migration,
  type MigrationState,
  readHistory,
  readMigrations,
} from '#platform/database/migration-history';
import { applyOwn, applyPlatform, forgetFailures } from './apply.js';
import { faultOfCheck, faultOfState } from './faults.js';
import { faultOfMove } from './held-back.js';
import { guardHistory, historyIsGuarded } from './history-guard.js';
import { lockModule, type ModuleSession, withOwner } from './owner-session.js';
import {
  type MigrationFault,
  type MigrationOptions,
  type MigrationReport,
  type MigrationTarget,
} from './types.js';

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
      const fault =
        faultOfState(module, state, rows) ??
        (await heldBack(session, pendingOf(migrations, state))) ??
        (await refusePending(prismaFolder, module, pendingOf(migrations, state)));
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

const pendingOf = (migrations: readonly Migration[], state: MigrationState) =>
  migrations.filter(({ name }) => state.pending.includes(name));

const heldBack = async (session: ModuleSession, pending: readonly Migration[]) =>
  pending.length === 0 ? undefined : faultOfMove(session);

/** Before anything is applied. What is applied already cannot be changed, and is not looked at. */
async function refusePending(
  prismaFolder: string,
  module: string,
  pending: readonly Migration[],
): Promise<MigrationFault | undefined> {
  if (pending.length === 0) return undefined;
  // Only here, since loading the parser would slow down every start that has nothing to apply.
  const { checkMigration, otherSchemas } = await import('./check/index.js');
  const others = otherSchemas(prismaFolder, module);
  return faultOfCheck(
    module,
    pending.flatMap((migration) => checkMigration(module, migration, others)),
  );
}

async function applyPending(
  session: ModuleSession,
  migrations: readonly Migration[],
  prismaFolder: string,
): Promise<MigrationReport> {
  const { module, loginRole } = session.target;
  const before = await look(session, migrations);
  const pending = pendingOf(migrations, before.state);
  const fault =
    faultOfState(module, before.state, before.rows) ??
    (await heldBack(session, pending)) ??
    (await refusePending(prismaFolder, module, pending)) ??
    (await applyPlatform(session, pending)) ??
    (await applyOwn(session, pending, migrations, prismaFolder));
  await guardHistory(session.client, loginRole);
  const after = await look(session, migrations);
  const applied = after.state.applied.filter((name) => before.state.pending.includes(name));
  return { module, applied, ...(fault && { fault }) };
}
