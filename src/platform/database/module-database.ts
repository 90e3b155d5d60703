import { PrismaPg } from '@prisma/adapter-pg';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Sql } from 'sql-template-tag';
import { appends } from '../events/append.js';
import { CHANNEL, FeedSignal } from '../events/feed-signal.js';
import { type Publishing, publishing } from '../events/publishing.js';
import { PlacementWatch } from '../placement/placement-watch.js';
import { readCatalog } from './audit/audit.js';
import { CONNECT_TIMEOUT, ModulePool } from './module-pool.js';
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
  /** Resolves when the connection is lost, or leads to where the rows are no longer. */
  readonly lost: Promise<void>;
  /** Gives the connection back. */
  end(): void;
}

export interface DatabaseOptions {
  readonly module: string;
  /** The module's login URL at home: where its rows are, unless a move has taken them elsewhere. */
  readonly url: string;
  /** Connections at most. */
  readonly poolSize: number;
  /** What tells where the rows are; one for all modules of a database. */
  readonly watch?: PlacementWatch;
}

/** Milliseconds that an interactive transaction may stay open. */
const TRANSACTION_TIMEOUT = 10_000;

/**
 * A module's own database access: one pool and one Prisma client, logged in as the module's role.
 * Every statement of the module goes through `query` or `transaction`, which may run it again, and
 * follow its rows to another database.
 */
export class ModuleDatabase<Client extends PrismaLike> implements OnApplicationShutdown {
  readonly module: string;
  readonly poolSize: number;
  /** Tells when the module's feed has grown. */
  readonly feed: FeedSignal;
  readonly watch: PlacementWatch;
  private readonly pool: ModulePool;
  private readonly prisma: Client;

  constructor(options: DatabaseOptions, prisma: PrismaClass<Client>) {
    this.module = options.module;
    this.poolSize = options.poolSize;
    this.pool = new ModulePool(options.module, options.url, options.poolSize);
    this.watch = options.watch ?? new PlacementWatch();
    this.watch.join(this.pool);
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

  /** Host and port of the server where the rows are. */
  get server(): string {
    return new URL(this.pool.url).host;
  }

  /** That server, and the database on it. */
  get place(): string {
    return this.server + new URL(this.pool.url).pathname;
  }

  /** Connections at most where the rows are. */
  get most(): number {
    return this.pool.most;
  }

  /** Runs one written statement, prepared once per connection, and gives its rows. */
  query<Row extends object>(statement: Sql): Promise<Row[]>;
  /** Runs one Prisma operation, such as `(prisma) => prisma.item.findMany()`. */
  query<T>(operation: (prisma: Operations<Client>) => Promise<T>): Promise<T>;
  query<T>(what: Sql | ((prisma: Operations<Client>) => Promise<T>)): Promise<T | object[]> {
    this.refuseInsideTransaction('db.query');
    return this.run<T | object[]>(() =>
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
    return this.run(() =>
      runInsideTransaction(this.module, () =>
        begin((tx) => work(publishing(tx, this.module, published)), options),
      ),
    );
  }

  /** Listens to channels on one of the pool's connections, which is kept for that. */
  async listen(
    channels: readonly string[],
    heard: (channel: string, payload: string) => void,
  ): Promise<Listening> {
    const { moved } = this.pool;
    const client = await this.pool.connect();
    const broken = new Promise<void>((resolve) => client.on('error', () => resolve()));
    const lost = Promise.race([broken, moved]);
    client.on('notification', ({ channel, payload = '' }) => heard(channel, payload));
    try {
      for (const channel of channels) await client.query(`listen ${channel}`);
    } catch (error) {
      // Kept, it would let the pool wait for it at its end, for ever.
      client.release(true);
      throw error;
    }
    // Not to be used for anything else after this, so it is closed.
    return { lost, end: () => client.release(true) };
  }

  /** Asks the catalog, in a transaction that can write nothing. */
  async readCatalog<Row extends object>(statement: Sql): Promise<Row[]> {
    await this.watch.known();
    const client = await this.pool.connect();
    try {
      return await readCatalog(client, async () => (await client.query<Row>(statement)).rows);
    } finally {
      client.release();
    }
  }

  /** Connections of the pool that are in use, and requests that wait for one. */
  get load(): { inUse: number; waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { inUse: totalCount - idleCount, waiting: waitingCount };
  }

  /** Whether the database answers, within the time that a connection may take. */
  async answers(): Promise<boolean> {
    try {
      await this.watch.known();
      await this.pool.query('select 1');
      return true;
    } catch {
      return false;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.prisma.$disconnect();
    await this.pool.close();
  }

  /** Runs a unit of work, again when Postgres asks for that, and where the rows are. */
  private run<T>(work: () => Promise<T>): Promise<T> {
    let epoch: number;
    const attempt = async () => {
      await this.watch.known();
      epoch = this.pool.epoch;
      return work();
    };
    return rerunning(this.module, attempt, () => this.watch.change(() => this.pool.epoch > epoch));
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
