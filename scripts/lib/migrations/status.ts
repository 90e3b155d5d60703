import {
  compareHistory,
  type Migration,
  readHistory,
  readMigrations,
} from '#platform/database/migration-history';
import { inParallel } from '../in-parallel.js';
import { EngineConnection } from './adapter.js';
import { withEngine } from './engine.js';
import { platformFilter } from './migration-list.js';
import { withOwner } from './owner-session.js';
import { readSchema, schemaFiles, statementsOf } from './schema-file.js';
import { type MigrationTarget, type ModuleStatus } from './types.js';

const WIDTH = 3;

interface StatusOptions {
  /** Absolute path of the folder that holds `platform/` and `<module>/`. */
  readonly prismaFolder: string;
}

/**
 * Looks at every module's history and at how its schema differs from schema.prisma. Changes nothing.
 *
 * @throws {CliError} when a database cannot be reached or is not provisioned
 * @throws {EngineError} when a schema.prisma is wrong
 */
export const migrationStatus = (
  targets: readonly MigrationTarget[],
  options: StatusOptions,
): Promise<ModuleStatus[]> => inParallel(targets, WIDTH, (target) => statusOf(target, options));

async function statusOf(
  target: MigrationTarget,
  { prismaFolder }: StatusOptions,
): Promise<ModuleStatus> {
  const { module } = target;
  const migrations = readMigrations(prismaFolder, module);
  const rows = await withOwner(target, ({ query }) => readHistory(query));
  const schema = readSchema(prismaFolder, module);
  return {
    module,
    ...compareHistory(migrations, rows),
    drift: schema === undefined ? '' : await driftOf(target, schema, migrations),
  };
}

async function driftOf(
  { module, ownerUrl }: MigrationTarget,
  schema: string,
  migrations: readonly Migration[],
): Promise<string> {
  const { stdout } = await withEngine(new EngineConnection(ownerUrl, module), schema, (engine) =>
    engine.diff({
      from: { tag: 'schemaDatasource', ...schemaFiles(schema), configDir: '.' },
      to: { tag: 'schemaDatamodel', ...schemaFiles(schema) },
      script: true,
      exitCode: null,
      filters: platformFilter(module, migrations),
    }),
  );
  return statementsOf(stdout);
}

/** Whether a module's history and schema are all that they should be. */
export const isInOrder = ({ pending, edited, failed, missing, drift }: ModuleStatus) =>
  drift === '' && [pending, edited, failed, missing].every((names) => names.length === 0);
