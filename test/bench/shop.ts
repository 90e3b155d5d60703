import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectName } from '../../scripts/lib/project.js';
import { waitFor } from '../support/wait-for.js';
import { fromSource, type ServerProcess, startServer } from './server-process.js';
import type { Stage } from './stage.js';

export const PRODUCTS = 1_000;
export const CUSTOMERS = 100;

export const skuOf = (number: number) => `SKU-${number}`;
export const customerOf = (number: number) =>
  `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`;

const SECRETS = {
  BILLING_PROVIDER_KEY: 'the key of a provider that takes no money',
  BILLING_WEBHOOK_SECRET: 'the secret of webhooks that are not sent',
};

/** The simulated payment provider in a process of its own, and a folder for what leaves the app. */
export interface Outside {
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startOutside(): Promise<Outside> {
  const folder = mkdtempSync(join(tmpdir(), `${projectName}-bench-`));
  const books = join(folder, 'books.jsonl');
  const provider: ServerProcess = await startServer(
    [...fromSource, 'scripts/payment-provider.ts', '--port', '0', '--books', books],
    SECRETS,
  );
  return {
    environment: {
      ...SECRETS,
      BILLING_PROVIDER_URL: provider.url,
      ORDERS_MAIL_FOLDER: join(folder, 'mail'),
    },
    async close() {
      await provider.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What was made before, module by module: rows, and the events that told of them. */
const made = (orders: number): Readonly<Record<string, string>> => ({
  catalog: `
    insert into products (sku, name, amount, currency)
    select 'SKU-' || n, 'Product ' || n, 1999, 'EUR' from generate_series(0, ${PRODUCTS - 1}) n;
    insert into feed (id, type, subject, data)
    select gen_random_uuid(), 'catalog.product-offered.v1', sku, jsonb_build_object('sku', sku,
      'name', name, 'price', jsonb_build_object('amount', amount, 'currency', currency))
    from products`,
  inventory: `
    insert into stock (sku, on_hand)
    select 'SKU-' || n, 1000000000 from generate_series(0, ${PRODUCTS - 1}) n;
    insert into feed (id, type, subject, data)
    select gen_random_uuid(), 'inventory.stock-reserved.v1', order_id, jsonb_build_object(
      'key', order_id || ':reserve', 'lines', jsonb_agg(jsonb_build_object('sku', sku, 'quantity', quantity)))
    from orders.order_lines group by order_id`,
  customers: `
    insert into customers (id, name, email)
    select format('01900000-0000-7000-8000-%s', lpad(n::text, 12, '0'))::uuid, 'Customer ' || n,
      n || '@example.com' from generate_series(0, ${CUSTOMERS - 1}) n;
    insert into feed (id, type, subject, data)
    select gen_random_uuid(), 'customers.customer-registered.v1', id,
      jsonb_build_object('customerId', id, 'name', name, 'email', email) from customers`,
  orders: `
    insert into orders (id, customer_id, status, currency, total, placed_at, confirmed_at)
    select format('01910000-0000-7000-8000-%s', lpad(n::text, 12, '0'))::uuid,
      format('01900000-0000-7000-8000-%s', lpad((n % ${CUSTOMERS})::text, 12, '0'))::uuid,
      'confirmed', 'EUR', 1999 * (1 + n % 2), day, day
    from generate_series(1, ${orders}) n, lateral (
      select date_trunc('milliseconds', now() - interval '30 days' * (${orders} - n) / ${orders}) as day
    ) at;
    insert into order_lines (order_id, position, sku, name, quantity, amount)
    select orders.id, position, 'SKU-' || product, 'Product ' || product, 1, 1999
    from orders, generate_series(1, total / 1999) position,
      lateral (select ((hashtext(orders.id::text) & 65535) + position * 7) % ${PRODUCTS} as product) p;
    insert into feed (id, type, subject, data)
    select gen_random_uuid(), type, id, case type when 'orders.order-placed.v1'
      then jsonb_build_object('orderId', id, 'customerId', customer_id,
        'placedAt', to_char(placed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'total', jsonb_build_object('amount', total, 'currency', currency),
        'lines', (select jsonb_agg(jsonb_build_object('sku', sku, 'name', name, 'quantity', quantity,
          'amount', amount) order by position) from order_lines where order_id = orders.id))
      else jsonb_build_object('orderId', id,
        'confirmedAt', to_char(confirmed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) end
    from orders, (values (1, 'orders.order-placed.v1'), (2, 'orders.order-confirmed.v1')) event (n, type)
    order by id, n`,
  billing: `
    insert into feed (id, type, subject, data)
    select gen_random_uuid(), 'billing.payment-charged.v1', id, jsonb_build_object('orderId', id,
      'chargeId', id, 'amount', total, 'currency', currency) from orders.orders order by id`,
  shipping: `
    insert into feed (id, type, subject, data)
    select gen_random_uuid(), 'shipping.shipment-scheduled.v1', id, jsonb_build_object('orderId', id,
      'shipmentId', id, 'dueAt', to_char(placed_at + interval '2 days', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
    from orders.orders order by id`,
});

/**
 * Fills the shop's modules: many rows and huge stock, so that requests do not wait for each other,
 * and confirmed orders of the last thirty days. What is read copies is left to the app.
 */
export async function fillShop({ admin }: Stage, orders: number): Promise<void> {
  for (const module of ['catalog', 'customers', 'orders', 'inventory', 'billing', 'shipping']) {
    await admin.query(`set search_path to ${module}`);
    await admin.query(made(orders)[module] as string);
  }
  await admin.query('reset search_path');
  await admin.query('vacuum analyze');
}

/** Waits until reporting and orders have heard all that was published. */
export const heardAll = ({ admin, project }: Stage): Promise<boolean> =>
  waitFor(async () => {
    const ends = project.modules
      .filter((module) => !['reporting', 'shared'].includes(module))
      .map((feed) => `select '${feed}' as feed, max(position) as last from ${feed}.feed`);
    const { rows } = await admin.query<{ behind: number }>(`
      select count(*)::int as behind from (${ends.join(' union all ')}) feeds
      left join (select 'reporting' as module, feed, position from reporting.cursor
        union all select 'orders', feed, position from orders.cursor) cursors using (feed)
      where last > coalesce(position, 0)`);
    return rows[0]?.behind === 0;
  }, 120_000);
