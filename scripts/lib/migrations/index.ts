export { MigrationError } from './faults.js';
export { migrate } from './migrate.js';
export {
  type MigrationFault,
  type MigrationOptions,
  type MigrationReport,
  type MigrationTarget,
  type ModuleStatus,
} from './types.js';
