import { type SqlQuery, type SqlResultSet } from '@prisma/driver-adapter-utils';
import { type SchemaFilter } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { EngineConnection } from './adapter.js';
import { withEngine } from './engine.js';
import { schemaFiles } from './schema-file.js';

/**
 * What data would be lost, or be in the way, if a migrated database were taken to a schema. The
 * database is expendable: where nothing would be lost it is changed.
 *
 * The engine's evaluateDataLoss cannot make its shadow database under WASM; a push that stops at
 * the first loss gives the same warnings.
 *
 * @param shadowUrl a database of its own, with all migrations applied
 * @returns one sentence per loss
 */
export async function dataLoss(
  shadowUrl: string,
  module: string,
  schema: string,
  filters: SchemaFilter,
): Promise<string[]> {
  const connection = new FullTables(shadowUrl, module);
  const { unexecutable, warnings } = await withEngine(connection, schema, (engine) =>
    engine.schemaPush({ force: false, schema: schemaFiles(schema), filters }),
  );
  return [...unexecutable, ...warnings].map(withoutCounts);
}

/**
 * The shadow database has no rows, and production's are unknown here. So every table is said to
 * have two rows, one of them without a value: the engine then warns of all that could happen.
 */
class FullTables extends EngineConnection {
  protected override answer(query: SqlQuery): SqlResultSet | undefined {
    const counted = /^SELECT COUNT\(\*\) FROM (.*)$/s.exec(query.sql)?.[1];
    if (counted === undefined) return super.answer(query);
    const rows = / WHERE .* IS NOT NULL/.test(counted) ? '1' : '2';
    return { columnNames: ['count'], columnTypes: [INT64], rows: [[rows]] };
  }
}

const INT64 = 1;

/** The invented numbers would be taken for those of a real database. */
const withoutCounts = (message: string) =>
  message
    .replace(
      /, which (?:is not empty|(?:still )?contains) ?\(?\d* ?(?:rows|non-null values)?\)?\./,
      '.',
    )
    .replace(/There are \d+ rows in this table, it is/, 'If there are rows in this table, it is')
    .replace(/but there are \d+ existing NULL values/, 'which fails if there are NULL values');
