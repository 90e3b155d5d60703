/**
 * What the app asks of Postgres for `POST /orders` and `GET /orders/:id`, written out by hand and
 * not taken from its sources: the reader sees what the app is compared with, and when the app's
 * statements change, the bench's own check says so instead of following silently.
 */
export const findCustomers = {
  name: 'find-customers',
  text: 'select id, name, email from customers where id = any($1::uuid[])',
};

export const findProducts = {
  name: 'find-products',
  text: 'select sku, name, amount, currency from products where sku = any($1::text[])',
};

export const beginOrder = {
  name: 'begin-order',
  text: `
  with begun as (
    insert into orders (id, customer_id, placed_at, currency, total, idempotency_key, request_hash)
    values (
      $1::uuid, $2::uuid, $3, $4,
      $5::bigint, $6::text, $7::text
    )
    on conflict (idempotency_key) do nothing
    returning id
  ), lines as (
    insert into order_lines (order_id, position, sku, name, quantity, amount)
    select begun.id, line.position, line.sku, line.name, line.quantity, line.amount
    from begun, unnest(
      $8::text[],
      $9::text[],
      $10::int[],
      $11::int[]
    ) with ordinality as line (sku, name, quantity, amount, position)
  )
  select id from begun`,
};

export const reserveStock = {
  name: 'reserve-stock',
  text: `
  with remembered as (
    select input_hash, answer from call where procedure = 'reserve' and key = $1
  ), wanted as (
    select sku, quantity
    from unnest($2::text[], $3::int[])
      as line (sku, quantity)
    where not exists (select from remembered)
  ), locked as (
    select stock.sku, stock.on_hand - stock.reserved as available
    from stock join wanted on wanted.sku = stock.sku
    order by stock.sku
    for update of stock
  ), short as (
    select wanted.sku, wanted.quantity as requested, coalesce(locked.available, 0) as available
    from wanted left join locked on locked.sku = wanted.sku
    where coalesce(locked.available, 0) < wanted.quantity
  ), granted as (
    select sku, quantity from wanted where not exists (select from short)
  ), taken as (
    update stock set reserved = stock.reserved + granted.quantity
    from granted where stock.sku = granted.sku
  ), noted as (
    insert into reservations (key, sku, quantity) select $4, sku, quantity from granted
  ), answered as (
    insert into call (procedure, key, input_hash, answer)
    select 'reserve', $5, $6, case
      when exists (select from short) then jsonb_build_object('refusal', jsonb_build_object(
        'code', $7::text,
        'status', $8::int,
        'title', $9::text,
        'values', jsonb_build_object('shortages', (select jsonb_agg(to_jsonb(short)) from short))
      ))
      else jsonb_build_object('output', jsonb_build_object('lines', (select jsonb_agg(to_jsonb(granted)) from granted)))
    end
    where not exists (select from remembered)
    returning input_hash, answer
  )
  select input_hash, answer from remembered
  union all
  select input_hash, answer from answered`,
};

export const settleOrder = {
  name: 'settle-order',
  text: `
  update orders set status = $1::order_status
  where id = $2::uuid and status = 'placing'
  returning status`,
};

export const findOrder = {
  name: 'find-order',
  text: `select 
  orders.id, orders.status, orders.customer_id as "customerId", orders.placed_at as "placedAt",
  orders.currency, orders.total::float8 as total, orders.request_hash as "requestHash",
  (
    select json_agg(json_build_object(
      'sku', line.sku, 'name', line.name, 'quantity', line.quantity, 'amount', line.amount
    ) order by line.position)
    from order_lines line where line.order_id = orders.id
  ) as lines from orders where id = $1::uuid`,
};
