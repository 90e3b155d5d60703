export {
  migrationText,
  type PlannedMigration,
  planMigration,
  writeMigration,
} from './create-migration.js';
export { MigrationError } from './faults.js';
export { migrate } from './migrate.js';
export { isInOrder, migrationStatus } from './status.js';
export { targetsOf } from './targets.js';
export {
  type MigrationFault,
  type MigrationOptions,
  type MigrationReport,
  type MigrationTarget,
  type ModuleStatus,
} from './types.js';
