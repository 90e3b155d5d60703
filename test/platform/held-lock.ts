import pg from 'pg';
import { loginRole, urlWith } from '#platform/database/names';
import { roleUrl, testProject } from '../support/test-project.js';
import { waitFor } from '../support/wait-for.js';

/** A session that holds locks, so that the app stops at a point that the test has chosen. */
export interface HeldLock {
  /** Waits until so many statements of a module wait for it, and gives their backends' ids. */
  waiters(module: string, count?: number): Promise<number[]>;
  release(): Promise<void>;
  /** Lets go of it, and keeps what the statement wrote. */
  commit(): Promise<void>;
}

/** Runs a statement such as `select … for update` as a module's owner and keeps its locks. */
export async function holdLock(
  module: string,
  statement: string,
  values: unknown[] = [],
): Promise<HeldLock> {
  const client = new pg.Client({ connectionString: roleUrl(module, 'owner') });
  await client.connect();
  await client.query('begin');
  const { rowCount } = await client.query(statement, values);
  if (rowCount === 0) {
    await client.end();
    throw new Error(`Nothing to lock: ${statement}`);
  }
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return {
    waiters: (waiting, count = 1) =>
      waitFor(async () => {
        const pids = await waitingFor(rows[0]?.pid as number, waiting);
        return pids.length >= count ? pids : undefined;
      }),
    release: () => client.end(),
    commit: async () => {
      await client.query('commit');
      await client.end();
    },
  };
}

const waitingFor = async (holder: number, module: string): Promise<number[]> => {
  const found = await asAdmin<{ pid: number }>(
    `select pid from pg_stat_activity
     where application_name = $2
       and pg_blocking_pids(pid) @> array[$1::int]`,
    [holder, module],
  );
  return found.map(({ pid }) => pid);
};

/** Ends the app's sessions in this worker's database, but for the backends to spare. */
export async function terminateSessions(
  modules: readonly string[],
  spared: readonly number[] = [],
): Promise<void> {
  const { name } = testProject();
  for (const module of modules) {
    // An admin who is no superuser may only end the sessions of roles it is a member of.
    await runOnce(
      adminUrlOf(module),
      `
      begin;
      grant ${pg.escapeIdentifier(loginRole(name, module))} to current_user;
      select pg_terminate_backend(pid, 5000) from pg_stat_activity
      where datname = current_database() and application_name = ${pg.escapeLiteral(module)}
        and pid <> all ('{${spared.join()}}');
      rollback`,
    );
  }
}

/** The admin's URL to the database of this worker that holds the module's rows. */
function adminUrlOf(module: string): string {
  const { adminUrl, databases = {} } = testProject();
  const database = databases[module];
  return database === undefined ? adminUrl : urlWith(adminUrl, { database });
}

/** Runs one statement as the admin, in this worker's database. */
export const asAdmin = <Row extends object>(statement: string, values?: unknown[]) =>
  runOnce<Row>(testProject().adminUrl, statement, values);

/** Runs one statement as a module's owner, in this worker's database. */
export const asOwner = <Row extends object>(
  module: string,
  statement: string,
  values?: unknown[],
) => runOnce<Row>(roleUrl(module, 'owner'), statement, values);

async function runOnce<Row extends object>(url: string, statement: string, values?: unknown[]) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement, values)).rows as Row[];
  } finally {
    await client.end();
  }
}
