import { PrismaPg } from '@prisma/adapter-pg';
import {
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQuery,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils';
import { type DatabaseError, type Pool } from 'pg';
import { CatalogPool } from './catalog-pool.js';

// The engine takes this one lock for the whole database before each command, and its variable for
// leaving that out is not read under WASM; two modules would wait for each other. Ours is per module.
const ENGINE_LOCK = 'SELECT pg_advisory_lock(72707369)';
const NO_ROWS: SqlResultSet = { columnNames: [], columnTypes: [], rows: [] };

/** Connects the schema engine to one module's schema, and knows what went wrong there. */
export class EngineConnection implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = 'postgres';
  readonly adapterName = '@prisma/adapter-pg';
  /** Why the last script failed, with its SQLSTATE; the engine itself passes on only a message. */
  scriptError: Error | undefined;
  readonly #open: SqlDriverAdapter[] = [];

  /**
   * @param schema where the engine looks for the module's tables
   * @param shadow makes an empty database and gives its URL; for commands that replay migrations
   */
  constructor(
    private readonly url: string,
    private readonly schema: string,
    private readonly shadow?: () => Promise<string>,
  ) {}

  connect(): Promise<SqlDriverAdapter> {
    return this.#connectTo(this.url);
  }

  async connectToShadowDb(): Promise<SqlDriverAdapter> {
    if (!this.shadow) throw new Error('this engine was given no shadow database');
    return this.#connectTo(await this.shadow());
  }

  /** The engine leaves its connections open. */
  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((adapter) => adapter.dispose()));
  }

  /** The answer to a query that the database is not asked. */
  protected answer(query: SqlQuery): SqlResultSet | undefined {
    return query.sql === ENGINE_LOCK ? NO_ROWS : undefined;
  }

  async #connectTo(url: string): Promise<SqlDriverAdapter> {
    const pool = new CatalogPool(url);
    const adapter = await new PrismaPg(pool, {
      schema: this.schema,
      disposeExternalPool: true,
    }).connect();
    this.#open.push(adapter);
    const queryRaw = adapter.queryRaw.bind(adapter);
    const executeRaw = adapter.executeRaw.bind(adapter);
    const dispose = adapter.dispose.bind(adapter);
    let disposed: Promise<void> | undefined;
    return Object.assign(adapter, {
      queryRaw: async (query: SqlQuery) =>
        this.answer(query) ?? pool.restoreTypes(await queryRaw(query)),
      executeRaw: async (query: SqlQuery) => (this.answer(query) ? 0 : executeRaw(query)),
      executeScript: (script: string) => this.#runScript(pool, script),
      dispose: () => (disposed ??= dispose()),
    });
  }

  // The stock adapter splits scripts at every semicolon, those in function bodies too, and sends
  // the pieces one by one. Sent whole, a script is one implicit transaction.
  async #runScript(pool: Pool, script: string): Promise<void> {
    const client = await pool.connect();
    try {
      await client.query(script);
      if (client.getTransactionStatus() !== 'I') {
        throw new Error('the script begins a transaction that it does not end');
      }
    } catch (error) {
      this.scriptError = error as Error;
      await client.query('ROLLBACK').catch(() => undefined);
      throw new DriverAdapterError(asDriverError(error as Error));
    } finally {
      // What a script SETs would hold for the next one, and a search_path for the history table.
      await client.query('RESET ALL').catch(() => undefined);
      client.release();
    }
  }
}

function asDriverError(error: Error): ConstructorParameters<typeof DriverAdapterError>[0] {
  const { code, severity, detail, column, hint } = error as DatabaseError;
  return {
    kind: 'postgres',
    code: code ?? '',
    severity: severity ?? 'ERROR',
    message: error.message,
    detail,
    column,
    hint,
  };
}
