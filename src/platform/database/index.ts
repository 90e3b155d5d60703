export { violates } from './failures.js';
export { ModuleDatabase } from './module-database.js';
export { default as sql } from 'sql-template-tag';
