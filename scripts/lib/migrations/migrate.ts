import { inParallel } from '../in-parallel.js';
import { CliError } from '../cli.js';
import { faultOfError, MigrationError } from './faults.js';
import { migrateModule } from './migrate-module.js';
import { type MigrationOptions, type MigrationReport, type MigrationTarget } from './types.js';

// More hardly help: the engine is one thread, and each module takes up to two connections.
const WIDTH = 4;

/**
 * Brings every module's schema up to date: first the platform's migrations, then the module's own.
 * A module that something is wrong with is left as it is, and the others are still migrated.
 *
 * @returns per module the migrations applied now
 * @throws {MigrationError} in the end, when modules were stopped; it holds all reports
 * @throws {CliError} when a database cannot be reached or is not provisioned
 */
export async function migrate(
  targets: readonly MigrationTarget[],
  options: MigrationOptions,
): Promise<MigrationReport[]> {
  const reports = await inParallel(targets, WIDTH, (target) =>
    migrateModule(target, options).catch((error: unknown) => stopped(target.module, error)),
  );
  if (reports.some(({ fault }) => fault)) throw new MigrationError(reports);
  return reports;
}

function stopped(module: string, error: unknown): MigrationReport {
  // What cannot be reached for one module cannot be for any.
  if (error instanceof CliError && error.exitCode === 2) throw error;
  return { module, applied: [], fault: faultOfError(module, error) };
}
