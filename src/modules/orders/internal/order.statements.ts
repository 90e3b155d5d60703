import { sql } from '#platform/database';
import type { Order } from './order.js';

/** The key that a client sent, with the hash of the body it came with. */
export interface ClientKey {
  key: string;
  requestHash: string;
}

const columns = sql`
  orders.id, orders.status, orders.customer_id as "customerId", orders.placed_at as "placedAt",
  orders.currency, orders.total::float8 as total, orders.request_hash as "requestHash",
  (
    select json_agg(json_build_object(
      'sku', line.sku, 'name', line.name, 'quantity', line.quantity, 'amount', line.amount
    ) order by line.position)
    from order_lines line where line.order_id = orders.id
  ) as lines`;

/** Writes the order down with its lines; gives no row when the client's key is taken. */
export const begin = (order: Order, client: ClientKey | undefined) => sql`
  with begun as (
    insert into orders (id, customer_id, placed_at, currency, total, idempotency_key, request_hash)
    values (
      ${order.id}::uuid, ${order.customerId}::uuid, ${order.placedAt}, ${order.currency},
      ${order.total}::bigint, ${client?.key ?? null}::text, ${client?.requestHash ?? null}::text
    )
    on conflict (idempotency_key) do nothing
    returning id
  ), lines as (
    insert into order_lines (order_id, position, sku, name, quantity, amount)
    select begun.id, line.position, line.sku, line.name, line.quantity, line.amount
    from begun, unnest(
      ${order.lines.map(({ sku }) => sku)}::text[],
      ${order.lines.map(({ name }) => name)}::text[],
      ${order.lines.map(({ quantity }) => quantity)}::int[],
      ${order.lines.map(({ amount }) => amount)}::int[]
    ) with ordinality as line (sku, name, quantity, amount, position)
  )
  select id from begun`;

/** Ends the placing of an order, unless somebody else has ended it. */
export const settle = (id: string, status: 'placed' | 'rejected') => sql`
  update orders set status = ${status}::order_status
  where id = ${id}::uuid and status = 'placing'
  returning status`;

export const findById = (id: string) => sql`select ${columns} from orders where id = ${id}::uuid`;

export const findByKey = (key: string) =>
  sql`select ${columns} from orders where idempotency_key = ${key}`;

export const findPlacing = () => sql`select ${columns} from orders where status = 'placing'`;

/** A customer's placed orders, oldest first, since ids sort by time. */
export const listPlaced = (customerId: string, after: string | undefined, count: number) => sql`
  select ${columns} from orders
  where customer_id = ${customerId}::uuid and status = 'placed'
    and (${after ?? null}::uuid is null or id > ${after ?? null}::uuid)
  order by id
  limit ${count}`;
