/**
 * What the app asks of Postgres for `GET /orders/:id`, written out by hand and not taken from its
 * sources: the reader sees what the app is compared with, and when the app's statement changes, the
 * bench's own check says so instead of following silently.
 */
export const findOrder = {
  name: 'find-order',
  text: `select 
  orders.id, orders.status, orders.customer_id as "customerId", orders.placed_at as "placedAt",
  orders.reason, orders.currency, orders.total::float8 as total,
  orders.request_hash as "requestHash", (
    select json_agg(json_build_object(
      'sku', line.sku, 'name', line.name, 'quantity', line.quantity, 'amount', line.amount
    ) order by line.position)
    from order_lines line where line.order_id = orders.id
  ) as lines from orders where id = $1::uuid`,
};
