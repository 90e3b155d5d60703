import { createHash } from 'node:crypto';
import fastify, { type FastifyRequest } from 'fastify';
import pg from 'pg';
import { v7 } from 'uuid';
import { processEnvironment } from '#config';
import {
  beginOrder,
  findCustomers,
  findOrder,
  findProducts,
  reserveStock,
  settleOrder,
} from './bare-statements.js';

/**
 * What the app is measured against: the same answers by the same statements under the same roles,
 * with nothing between Fastify and pg. No validation, no contracts, no walls.
 */
const environment = processEnvironment();

const poolOf = (module: string) =>
  new pg.Pool({
    connectionString: environment[`${module.toUpperCase()}_DATABASE_URL`],
    max: Number(environment['POOL_SIZE']),
  });

const customers = poolOf('customers');
const catalog = poolOf('catalog');
const inventory = poolOf('inventory');
const orders = poolOf('orders');

interface Placing {
  customerId: string;
  lines: { sku: string; quantity: number }[];
}

interface Product {
  sku: string;
  name: string;
  amount: number;
  currency: string;
}

interface Order {
  id: string;
  customerId: string;
  placedAt: Date;
  currency: string;
  total: number;
  lines: { sku: string; name: string; quantity: number; amount: number }[];
}

async function place({ customerId, lines }: Placing): Promise<Order> {
  const skus = lines.map(({ sku }) => sku);
  const quantities = lines.map(({ quantity }) => quantity);
  const [customer, products] = await Promise.all([
    customers.query({ ...findCustomers, values: [[customerId]] }),
    catalog.query<Product>({ ...findProducts, values: [skus] }),
  ]);
  if (customer.rows.length === 0) throw new Error('There is no such customer.');
  const known = new Map(products.rows.map((product) => [product.sku, product]));
  const priced = lines.map(({ sku, quantity }) => {
    const { name, amount } = known.get(sku) as Product;
    return { sku, name, quantity, amount };
  });
  const currency = (products.rows[0] as Product).currency;
  const total = priced.reduce((sum, { quantity, amount }) => sum + quantity * amount, 0);
  const [names, amounts] = [priced.map(({ name }) => name), priced.map(({ amount }) => amount)];
  const order = { id: v7(), customerId, placedAt: new Date(), currency, total, lines: priced };

  const { id, placedAt } = order;
  const row = [id, customerId, placedAt, currency, total, null, null];
  await orders.query({ ...beginOrder, values: [...row, skus, names, quantities, amounts] });
  await reserve(`order:${id}`, lines, skus, quantities);
  await orders.query({ ...settleOrder, values: ['placed', id] });
  return order;
}

async function reserve(
  key: string,
  lines: Placing['lines'],
  skus: string[],
  quantities: number[],
): Promise<void> {
  const hash = createHash('sha256').update(JSON.stringify(lines)).digest('base64url');
  const refusal = ['inventory.out-of-stock', 409, 'There is not enough stock.'];
  const { rows } = await inventory.query<{ answer: { output?: unknown } }>({
    ...reserveStock,
    values: [key, skus, quantities, key, key, hash, ...refusal],
  });
  if (rows[0]?.answer.output === undefined) throw new Error('There is not enough stock.');
}

const viewOf = ({ id, customerId, placedAt, currency, total, lines }: Order) => ({
  id,
  customerId,
  placedAt: placedAt.toISOString(),
  total: { amount: total, currency },
  lines: lines.map(({ sku, name, quantity, amount }) => ({
    sku,
    name,
    quantity,
    price: { amount, currency },
  })),
});

const server = fastify();

server.post('/orders', async (request: FastifyRequest<{ Body: Placing }>, reply) => {
  reply.status(201);
  return viewOf(await place(request.body));
});

server.get('/orders/:id', async (request: FastifyRequest<{ Params: { id: string } }>) => {
  const { rows } = await orders.query<Order>({ ...findOrder, values: [request.params.id] });
  return viewOf(rows[0] as Order);
});

process.stdout.write(`${await server.listen({ host: '127.0.0.1', port: 0 })}\n`);
process.once('SIGTERM', () => process.exit(0));
