import { ColumnTypeEnum, type SqlResultSet } from '@prisma/driver-adapter-utils';
import { Pool, type QueryResult } from 'pg';

const CATALOG_CHAR = 18;
const TEXT = 25;

/**
 * A pool of one connection whose results may have columns of the type "char". The stock adapter
 * refuses these, and introspection asks the catalogs for them.
 */
export class CatalogPool extends Pool {
  readonly #charColumns = new WeakMap<object, number[]>();

  constructor(url: string) {
    // One connection, so that a script and its history row meet the same session.
    super({ connectionString: url, max: 1 });
    const query = this.query.bind(this) as (...call: unknown[]) => Promise<QueryResult>;
    this.query = (async (...call: unknown[]) => this.#hideChars(await query(...call))) as never;
  }

  /** Gives the columns that were passed off as text their own type again. */
  restoreTypes(result: SqlResultSet): SqlResultSet {
    const chars = this.#charColumns.get(result.rows) ?? [];
    return {
      ...result,
      columnTypes: result.columnTypes.map((type, index) =>
        chars.includes(index) ? ColumnTypeEnum.Character : type,
      ),
    };
  }

  #hideChars(result: QueryResult): QueryResult {
    const chars = result.fields.flatMap((field, index) =>
      field.dataTypeID === CATALOG_CHAR ? [index] : [],
    );
    if (chars.length > 0) this.#charColumns.set(result.rows, chars);
    for (const index of chars) Object.assign(result.fields[index] ?? {}, { dataTypeID: TEXT });
    return result;
  }
}
