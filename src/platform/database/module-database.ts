import { PrismaPg } from '@prisma/adapter-pg';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import type { Sql } from 'sql-template-tag';
import { appends } from '../events/append.js';
import { CHANNEL, FeedSignal } from '../events/feed-signal.js';
import { type Publishing, publishing } from '../events/publishing.js';
import { readCatalog } from './audit/audit.js';
import {
  InsideTransactionError,
  onCommit,
  openTransaction,
  runInsideTransaction,
} from './open-transaction.js';
import { rerunning } from './rerun.js';
import { statementName } from './statement-name.js';

/** What the platform needs to know of a generated Prisma client. */
export interface PrismaLike {
  $transaction(...given: never): Promise<unknown>;
  $queryRaw<Rows>(statement: Sql): PromiseLike<Rows>;
  $executeRaw(statement: Sql): PromiseLike<number>;
  $disconnect(): Promise<void>;
}

/** The overload of `$transaction` that is used here, which no structural type can pick out. */
type InteractiveTransaction<Client> = <T>(
  work: (tx: Operations<Client>) => Promise<T>,
  options: { maxWait: number; timeout: number },
) => Promise<T>;

/** A generated Prisma client's class. */
export type PrismaClass<Client extends PrismaLike> = new (options: {
  adapter: PrismaPg;
  errorFormat: 'minimal';
}) => Client;

/** The Prisma client's models, and none of the ways to leave a transaction. */
export type Operations<Client> = Omit<
  Client,
  '$connect' | '$disconnect' | '$on' | '$transaction' | '$use' | '$extends'
>;

/** The Prisma client inside a transaction, where it can also publish. */
export type Transaction<Client> = Operations<Client> & Publishing;

/** A connection that listens to a channel. */
export interface Listening {
  /** Resolves when the connection is lost. */
  readonly lost: Promise<void>;
  /** Gives the connection back. */
  end(): void;
}

export interface DatabaseOptions {
  readonly module: string;
  /** The module's login URL. */
  readonly url: string;
  /** Connections at most. */
  readonly poolSize: number;
}

/** Milliseconds that a request waits for a free connection before the module counts as unavailable. */
const CONNECT_TIMEOUT = 5_000;
/** Milliseconds that an interactive transaction may stay open. */
const TRANSACTION_TIMEOUT = 10_000;

/**
 * A module's own database access: one pool and one Prisma client, logged in as the module's role.
 * Every statement of the module goes through `query` or `transaction`, which may run it again.
 */
export class ModuleDatabase<Client extends PrismaLike> implements OnApplicationShutdown {
  readonly module: string;
  readonly poolSize: number;
  /** Host and port of the server. */
  readonly server: string;
  /** The database, on its server. */
  readonly place: string;
  /** Tells when the module's feed has grown. */
  readonly feed: FeedSignal;
  private readonly pool: pg.Pool;
  private readonly prisma: Client;

  constructor(options: DatabaseOptions, prisma: PrismaClass<Client>) {
    this.module = options.module;
    this.poolSize = options.poolSize;
    const { host, pathname } = new URL(options.url);
    this.server = host;
    this.place = `${host}${pathname}`;
    this.pool = new pg.Pool({
      connectionString: options.url,
      max: options.poolSize,
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      application_name: options.module,
    });
    // Without a listener, an idle connection that the server closes would end the process.
    this.pool.on('error', (error) => {
      new Logger(options.module).warn(`an idle connection was lost: ${error.message}`);
    });
    // The same for one in use. Its user listens as soon as it is told that the connection is its own;
    // but the loss may be read from the socket together with the answer to the user before.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
    this.feed = new FeedSignal(options.module, (payload) => {
      this.pool.query('select pg_notify($1, $2)', [CHANNEL, payload]).catch(() => undefined);
    });
    this.prisma = new prisma({
      adapter: new PrismaPg(this.pool, {
        schema: options.module,
        statementNameGenerator: ({ sql }) => statementName(sql),
      }),
      errorFormat: 'minimal',
    });
  }

  /** Runs one written statement, prepared once per connection, and gives its rows. */
  query<Row extends object>(statement: Sql): Promise<Row[]>;
  /** Runs one Prisma operation, such as `(prisma) => prisma.item.findMany()`. */
  query<T>(operation: (prisma: Operations<Client>) => Promise<T>): Promise<T>;
  query<T>(what: Sql | ((prisma: Operations<Client>) => Promise<T>)): Promise<T | object[]> {
    this.refuseInsideTransaction('db.query');
    return rerunning<T | object[]>(this.module, () =>
      typeof what === 'function' ? what(this.prisma) : this.execute(what),
    );
  }

  /**
   * Runs the work in one transaction, and all of it again when Postgres asks for that: so make
   * ids outside of it, and touch nothing but `tx` inside.
   */
  transaction<T>(work: (tx: Transaction<Client>) => Promise<T>): Promise<T> {
    this.refuseInsideTransaction('db.transaction');
    const begin = this.prisma.$transaction.bind(this.prisma) as InteractiveTransaction<Client>;
    const options = { maxWait: CONNECT_TIMEOUT, timeout: TRANSACTION_TIMEOUT };
    const published = () => onCommit(this.feed.grown);
    return rerunning(this.module, () =>
      runInsideTransaction(this.module, () =>
        begin((tx) => work(publishing(tx, this.module, published)), options),
      ),
    );
  }

  /** Listens to a channel on one of the pool's connections, which is kept for that. */
  async listen(channel: string, onPayload: (payload: string) => void): Promise<Listening> {
    const client = await this.pool.connect();
    const lost = new Promise<void>((resolve) => client.on('error', () => resolve()));
    client.on('notification', ({ payload = '' }) => onPayload(payload));
    await client.query(`listen ${channel}`).catch((error: unknown) => {
      // Kept, it would let the pool wait for it at its end, for ever.
      client.release(true);
      throw error;
    });
    // Not to be used for anything else after this, so it is closed.
    return { lost, end: () => client.release(true) };
  }

  /** Asks the catalog, in a transaction that can write nothing. */
  async readCatalog<Row extends object>(statement: Sql): Promise<Row[]> {
    const client = await this.pool.connect();
    try {
      return await readCatalog(client, async () => (await client.query<Row>(statement)).rows);
    } finally {
      client.release();
    }
  }

  /** Whether the database answers, within the time that a connection may take. */
  async answers(): Promise<boolean> {
    return this.pool.query('select 1').then(
      () => true,
      () => false,
    );
  }

  async onApplicationShutdown(): Promise<void> {
    await this.prisma.$disconnect();
    await this.pool.end();
  }

  private async execute(statement: Sql): Promise<object[]> {
    const { text, values } = statement;
    const result = await this.pool.query<object>({ name: statementName(text), text, values });
    if (appends(statement)) this.feed.grown();
    return result.rows;
  }

  private refuseInsideTransaction(call: string): void {
    const module = openTransaction();
    if (module === undefined) return;
    throw new InsideTransactionError(
      `${call} of "${this.module}" was called inside an open transaction of "${module}": its ` +
        'effect would not be part of that transaction. Use the transaction\'s own "tx", or call ' +
        'it before or after. See docs/transactions.md',
    );
  }
}
