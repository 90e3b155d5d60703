export { checkMigration, checkMigrations, otherSchemas, type Violation } from './check.js';
export { type RuleId, RULES } from './rules.js';
