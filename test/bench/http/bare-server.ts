import fastify, { type FastifyRequest } from 'fastify';
import pg from 'pg';
import { processEnvironment } from '#config';
import { findOrder } from './bare-statements.js';

/**
 * What the app is measured against: the same answer by the same statement under the same role, with
 * nothing between Fastify and pg. No validation, no walls.
 */
const { ORDERS_DATABASE_URL: connectionString, POOL_SIZE } = processEnvironment();
const orders = new pg.Pool({ connectionString, max: Number(POOL_SIZE) });

interface Order {
  id: string;
  status: string;
  customerId: string;
  placedAt: Date;
  currency: string;
  total: number;
  lines: { sku: string; name: string; quantity: number; amount: number }[];
}

const viewOf = ({ id, status, customerId, placedAt, currency, total, lines }: Order) => ({
  id,
  status,
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

server.get('/orders/:id', async (request: FastifyRequest<{ Params: { id: string } }>) => {
  const { rows } = await orders.query<Order>({ ...findOrder, values: [request.params.id] });
  return viewOf(rows[0] as Order);
});

process.stdout.write(`${await server.listen({ host: '127.0.0.1', port: 0 })}\n`);
process.once('SIGTERM', () => process.exit(0));
