import { empty, sql, type Sql } from '#platform/database';
import type { Reason } from '#platform/sagas';
import type { Order } from './order.js';

/** The key that a client sent, with the hash of the body it came with. */
export interface ClientKey {
  key: string;
  requestHash: string;
}

const lines = sql`(
    select json_agg(json_build_object(
      'sku', line.sku, 'name', line.name, 'quantity', line.quantity, 'amount', line.amount
    ) order by line.position)
    from order_lines line where line.order_id = orders.id
  ) as lines`;

const columns = sql`
  orders.id, orders.status, orders.customer_id as "customerId", orders.placed_at as "placedAt",
  orders.reason, orders.currency, orders.total::float8 as total,
  orders.request_hash as "requestHash", ${lines}`;

/** What goes with the writing down of an order, each unless the client's key is taken. */
interface Going {
  /** An INSERT that publishes, from the CTE `begun`. */
  readonly published: Sql;
  /** An INSERT that starts the saga, from the CTE `begun`. */
  readonly started: Sql;
}

/** Writes the order down with its lines; gives no row when the client's key is taken. */
export const begin = (order: Order, client: ClientKey | undefined, going: Going) => sql`
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
  ), published as (${going.published}), started as (${going.started})
  select id from begun`;

/** Where the order stands, which nobody else changes until the transaction ends. */
export const lockStatus = (id: string) =>
  sql`select status from orders where id = ${id}::uuid for update`;

export const confirmed = (id: string) => sql`
  update orders set status = 'confirmed', confirmed_at = now() where id = ${id}::uuid
  returning confirmed_at as "confirmedAt"`;

export const cancelled = (id: string, reason: Reason) => sql`
  update orders set status = 'cancelled', reason = ${JSON.stringify(reason)}::jsonb
  where id = ${id}::uuid`;

export const kept = (id: string, reason: Reason) => sql`
  update orders set status = 'confirmed', reason = ${JSON.stringify(reason)}::jsonb
  where id = ${id}::uuid
  returning confirmed_at is not null as "confirmedBefore"`;

/** Notes the wish to cancel; gives no row when there is nothing left to cancel. */
export const wishToCancel = (id: string) => sql`
  update orders set status = 'cancelling'
  where id = ${id}::uuid and status in ('pending', 'confirmed') and reason is null
  returning confirmed_at is not null as "confirmed"`;

export const findById = (id: string) => sql`select ${columns} from orders where id = ${id}::uuid`;

export const findByKey = (key: string) =>
  sql`select ${columns} from orders where idempotency_key = ${key}`;

export const findConfirmation = (id: string) => sql`
  select orders.id, customer.name, customer.email, orders.currency, orders.total::float8 as total,
    ${lines}
  from orders join known_customers customer on customer.id = orders.customer_id
  where orders.id = ${id}::uuid`;

/** A customer's orders, oldest first, since ids sort by time. */
export const list = (customerId: string, after: string | undefined, count: number) => sql`
  select ${columns} from orders
  where customer_id = ${customerId}::uuid ${after === undefined ? empty : sql`and id > ${after}::uuid`}
  order by id
  limit ${count}`;
