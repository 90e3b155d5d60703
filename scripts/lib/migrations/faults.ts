import {
  type HistoryRow,
  type Migration,
  type MigrationState,
} from '#platform/database/migration-history';
import { CliError } from '../cli.js';
import { type Violation } from './check/index.js';
import { plainMessage } from './engine.js';
import { isPlatform } from './migration-list.js';
import { type MigrationFault, type MigrationReport } from './types.js';

/** Some modules could not be migrated; the reports tell of all modules. */
export class MigrationError extends CliError {
  constructor(readonly reports: readonly MigrationReport[]) {
    const faults = reports.flatMap(({ fault }) => (fault ? [fault] : []));
    super(
      faults.map(({ fact, remedy }) => `${fact}\n\n  ${remedy}`).join('\n\n'),
      'npm run db:status shows where every module stands. See docs/migrations.md',
    );
  }
}

/** The first thing that keeps a module from being migrated, if there is one. */
export function faultOfState(
  module: string,
  state: MigrationState,
  rows: readonly HistoryRow[],
): MigrationFault | undefined {
  const of = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');
  if (state.failed.length > 0) {
    return {
      module,
      fact: `${module}: the migration ${of(state.failed)} ${reasonOf(state.failed[0], rows)}`,
      remedy: retryRemedy(module),
    };
  }
  if (state.edited.length > 0) {
    return {
      module,
      fact: `${module}: the migration ${of(state.edited)} was edited after it had been applied`,
      remedy: `Restore the file, and put the change in a new migration: npm run migration:create -- ${module} <name>`,
    };
  }
  if (state.missing.length > 0) {
    return {
      module,
      fact: `${module}: the migration ${of(state.missing)} is in the database and not on disk`,
      remedy: 'Restore its folder, or check out the commit that the database was migrated with',
    };
  }
  return undefined;
}

/** What the check has against the migrations that would be applied; warnings are for those who write them. */
export function faultOfCheck(
  module: string,
  violations: readonly Violation[],
): MigrationFault | undefined {
  const errors = violations.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return undefined;
  const lines = errors.map(
    ({ file, line, rule, message }) => `  ${file}:${line} ${rule}: ${message}`,
  );
  return {
    module,
    fact: `${module}: nothing was applied, since ${errors.length} statement(s) are not for a migration\n${lines.join('\n')}`,
    remedy: 'Correct the migration; npm run migration:check reads it again',
  };
}

function reasonOf(name: string | undefined, rows: readonly HistoryRow[]): string {
  const error = rows.find((row) => row.name === name)?.error;
  return error ? `failed before: ${plainMessage(error)}` : 'was begun, and its process died';
}

/** A script of the module failed just now. */
export function faultOfScript(migration: Migration, module: string, error: Error): MigrationFault {
  const command = isPlatform(migration) ? 'npm run db:migrate' : retryCommand(module);
  const busy = (error as { code?: string }).code === '55P03';
  const what = busy
    ? `waited for a table that is busy, and gave up so as not to hold others up: ${error.message}`
    : `failed: ${error.message}${whereIn(migration.sql, error)}`;
  return {
    module,
    fact: `${module}: the migration "${migration.name}" ${what}\n${leftBehind(migration.sql)}`,
    remedy: busy ? `It is safe to retry: ${command}` : `Mend what made it fail, then: ${command}`,
  };
}

const retryCommand = (module: string) => `npm run db:migrate -- --retry ${module}`;
const retryRemedy = (module: string) => `Mend what made it fail, then: ${retryCommand(module)}`;

/** Whether a failure may leave a part of the script in the database. */
const endsTransactions = (sql: string) => /\b(commit|concurrently)\b/i.test(sql);

const leftBehind = (sql: string) =>
  endsTransactions(sql)
    ? 'It has a COMMIT or CONCURRENTLY of its own: a part of it may be in the database. Look before retrying.'
    : 'Nothing of it is left in the database: a script is one transaction.';

function whereIn(sql: string, error: Error): string {
  const { position } = error as { position?: string };
  if (!position) return '';
  return ` (line ${sql.slice(0, Number(position)).split('\n').length})`;
}

/** Something failed that is no migration's doing. */
export const faultOfError = (module: string, error: unknown): MigrationFault => ({
  module,
  fact: `${module}: ${error instanceof Error ? error.message : String(error)}`,
  remedy: error instanceof CliError ? error.remedy : 'Mend that, then: npm run db:migrate',
});
