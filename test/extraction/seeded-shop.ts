// only: shop
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import { urlWith } from '#platform/database/names';
import { type EmbeddedLease, startScratchServer } from '../../scripts/lib/embedded/index.js';
import { extract } from '../../scripts/lib/extraction/steps/mover.js';
import type { Verb } from '../../scripts/lib/extraction/sides/journal.js';
import type { Stage } from '../../scripts/lib/extraction/sides/stage.js';
import { moduleUrlAt, readPlacements } from '../../scripts/lib/placements.js';
import {
  prismaFolder,
  projectName,
  readProjectModules,
  rootFolder,
} from '../../scripts/lib/project.js';
import type { Project } from '../../scripts/lib/set-up.js';
import type { AppProcess } from '../platform/app-process.js';
import { isSettled, type Shop, type Told, violations } from '../support/books.js';
import { ShopProcesses } from '../support/shop-processes.js';
import { waitFor } from '../support/wait-for.js';

const PATIENCE = 60_000;
const settings = { wal_retrieve_retry_interval: '100ms' };

/** An app over the example data on a server of its own, beside an empty one. */
export class SeededShop {
  private constructor(
    private readonly servers: readonly EmbeddedLease[],
    private readonly project: Project,
    readonly processes: ShopProcesses,
    public app: AppProcess,
    /** URLs to which modules may go. */
    readonly places: Readonly<Record<'another server' | 'another database', string>>,
  ) {}

  static async open(): Promise<SeededShop> {
    const start = () => startScratchServer({ settings });
    const servers = await Promise.all([start(), start()]);
    const [home, away] = servers;
    const adminUrl = urlWith(home.url, { database: projectName });
    const secret = 'the secret of a seeded shop'.padEnd(40, '.');
    const project = { adminUrl, secret, name: projectName, modules: readProjectModules() };
    const processes = await ShopProcesses.open(project);
    await seed(project, processes);
    const app = await processes.start();
    return new SeededShop(servers, project, processes, app, {
      'another server': urlWith(away.url, { database: 'apart' }),
      'another database': urlWith(home.url, { database: 'beside' }),
    });
  }

  async verb(module: string, verb: Verb, target: string): Promise<Stage> {
    const { project } = this;
    const request = { project, module, target, poolSize: 10, prismaFolder, say: () => undefined };
    return (await extract(request, verb, { maxPause: 5_000 })).stage;
  }

  /** Starts an app in place of one that was killed. */
  async start(): Promise<void> {
    this.app = await this.processes.start();
  }

  /** What the example data has put there, as if clients had been told of it. */
  async seeded(): Promise<Required<Told>> {
    const { sql } = this;
    const orders = await sql<{ id: string }>('orders', 'select id from orders.orders');
    const names = await sql<{ id: string; name: string }>(
      'customers',
      'select id, name from customers.customers',
    );
    const counts = await sql<{ sku: string; on_hand: number }>(
      'inventory',
      'select sku, on_hand from inventory.stock',
    );
    return {
      orders: orders.map(({ id }) => id),
      names: new Map(names.map(({ id, name }) => [id, name])),
      counts: new Map(counts.map(({ sku, on_hand: onHand }) => [sku, onHand])),
    };
  }

  /** What is wrong with the books once nothing is under way any more, wherever the rows are. */
  async violations(told: Told): Promise<string[]> {
    const { project, app, processes } = this;
    const { provider, mailFolder } = processes;
    const { modules } = project;
    const shop: Shop = { modules, sql: this.sql, provider, mailFolder, send: app.send };
    // What has not settled by then is among the findings.
    await waitFor(() => isSettled(shop), PATIENCE).catch(() => undefined);
    return violations(shop, told);
  }

  /** Asks a module's owner where its rows are written now. */
  private readonly sql = async <R extends object>(module: string, text: string): Promise<R[]> => {
    const { name, ...rest } = this.project;
    const moved = (await readPlacements(rest.adminUrl)).find((each) => each.module === module);
    const target = { ...rest, project: name };
    return rowsOf<R>(moduleUrlAt(target, module, moved?.database ?? null, { owner: true }), text);
  };

  async close(): Promise<void> {
    await this.processes.close();
    for (const server of this.servers) await server.release();
  }
}

/** As `npm run db:seed` does it, which sets up, too. */
async function seed({ adminUrl, secret }: Project, around: ShopProcesses): Promise<void> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=bulkhead-source',
      `--import=${rootFolder}/scripts/lib/typescript.mjs`,
      `${rootFolder}/scripts/db-seed.ts`,
    ],
    {
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: adminUrl,
        DATABASE_SECRET: secret,
        ORDERS_MAIL_FOLDER: around.mailFolder,
        ...around.provider.environment,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  if (code !== 0) throw new Error(`The shop could not be seeded: ${stderr}`);
}

async function rowsOf<R extends object>(connectionString: string, query: string): Promise<R[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const result = await client.query<R>(query).finally(() => client.end());
  return [result].flat().at(-1)?.rows ?? [];
}
// only: end
