export { violates } from './failures.js';
export { ModuleDatabase, type Transaction } from './module-database.js';
export { default as sql, empty, type Sql } from 'sql-template-tag';
