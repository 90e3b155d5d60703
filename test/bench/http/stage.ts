import pg from 'pg';
import { urlWith } from '#platform/database/names';
import { startScratchServer } from '../../../scripts/lib/embedded/index.js';
import { readProjectManifests } from '../../../scripts/lib/project.js';
import { appEnvironment, type Project, setUp } from '../../../scripts/lib/set-up.js';

/** Connections that each of the two servers keeps per module: the app's default. */
const POOL_SIZE = 5;

export const PRODUCTS = 1_000;
export const CUSTOMERS = 100;

export const skuOf = (number: number) => `SKU-${number}`;
export const customerOf = (number: number) =>
  `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`;

/** A server with the modules set up, plenty on stock, and the two servers' environment. */
export interface Stage {
  /** A session of the superuser in the modules' database. */
  readonly admin: pg.Client;
  readonly environment: Readonly<Record<string, string | undefined>>;
  close(): Promise<void>;
}

export async function setStage(): Promise<Stage> {
  const server = await startScratchServer({
    // One JSON object per entry: statements of several lines can be told apart.
    settings: { logging_collector: 'on', log_destination: 'jsonlog' },
  });
  try {
    const project = projectOn(server.url);
    // The roles are limited to what one process needs, and here are two.
    await setUp(project, { poolSize: 2 * POOL_SIZE });
    const admin = new pg.Client({ connectionString: project.adminUrl });
    await admin.connect();
    await fill(admin);
    return {
      admin,
      environment: { POOL_SIZE: String(POOL_SIZE), ...appEnvironment(project) },
      async close() {
        await admin.end();
        await server.release();
      },
    };
  } catch (error) {
    await server.release();
    throw error;
  }
}

const projectOn = (url: string): Project => ({
  adminUrl: urlWith(url, { database: 'bench' }),
  secret: 'of a server that nobody else can reach',
  name: 'bench',
  modules: readProjectManifests().map(({ name }) => name),
});

/** Rows are many and stock is huge, so that requests do not wait for each other's rows. */
async function fill(admin: pg.Client): Promise<void> {
  const skus = Array.from({ length: PRODUCTS }, (_, index) => skuOf(index));
  const customers = Array.from({ length: CUSTOMERS }, (_, index) => customerOf(index));
  await admin.query(
    `insert into catalog.products (sku, name, amount, currency)
     select sku, 'Product ' || sku, 1999, 'EUR' from unnest($1::text[]) as sku`,
    [skus],
  );
  await admin.query(
    'insert into inventory.stock (sku, on_hand) select sku, 1000000000 from unnest($1::text[]) as sku',
    [skus],
  );
  await admin.query(
    `insert into customers.customers (id, name, email)
     select id, 'Customer', id || '@example.com' from unnest($1::uuid[]) as id`,
    [customers],
  );
}
