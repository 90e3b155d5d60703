import { sql } from '#platform/database';
import type { Placing } from './shared.schemas.js';

export interface Product {
  sku: string;
  name: string;
  amount: number;
  currency: string;
  /** Whether there is the customer. */
  known: boolean;
}

export interface Order {
  id: string;
  customerId: string;
  placedAt: Date;
  currency: string;
  total: number;
  lines: { sku: string; name: string; quantity: number; amount: number }[];
}

/** The same tables, keys, checks and indexes as the modules have, in one schema. */
export const tables = (owner: string, login: string) => `
  set search_path to shared;
  create table customers (like customers.customers including all);
  create table products (like catalog.products including all);
  create table stock (like inventory.stock including all);
  create table reservations (like inventory.reservations including all);
  create table orders (like orders.orders including all);
  create table order_lines (like orders.order_lines including all,
    foreign key (order_id) references orders on delete cascade on update cascade);
  create table charges (like billing.charges including all);
  create table shipments (like shipping.shipments including all);
  insert into customers select * from customers.customers;
  insert into products select * from catalog.products;
  insert into stock select * from inventory.stock;
  insert into orders select * from orders.orders;
  insert into order_lines select * from orders.order_lines;
  grant select, insert, update, delete on all tables in schema shared to ${login}, ${owner};
  reset search_path;
  analyze`;

export const price = ({ customerId, lines }: Placing) => sql`
  select sku, name, amount, currency,
    exists (select from customers where id = ${customerId}::uuid) as known
  from products where sku = any(${lines.map(({ sku }) => sku)}::text[])`;

/** All of an order, or no row: one statement, as the modules' own hot paths are. */
export const place = (order: Order, chargeId: string, shipmentId: string, reference: string) => sql`
  with wanted as (
    select * from unnest(
      ${order.lines.map(({ sku }) => sku)}::text[],
      ${order.lines.map(({ name }) => name)}::text[],
      ${order.lines.map(({ quantity }) => quantity)}::int[],
      ${order.lines.map(({ amount }) => amount)}::int[]
    ) with ordinality as line (sku, name, quantity, amount, position)
  ), locked as (
    select stock.sku, stock.on_hand - stock.reserved as available
    from stock join wanted on wanted.sku = stock.sku
    order by stock.sku
    for update of stock
  ), short as (
    select from wanted left join locked on locked.sku = wanted.sku
    where coalesce(locked.available, 0) < wanted.quantity
  ), granted as (
    select * from wanted where not exists (select from short)
  ), taken as (
    update stock set reserved = stock.reserved + granted.quantity
    from granted where stock.sku = granted.sku
  ), placed as (
    insert into orders (id, customer_id, status, currency, total, placed_at, confirmed_at)
    select ${order.id}::uuid, ${order.customerId}::uuid, 'confirmed', ${order.currency},
      ${order.total}::bigint, ${order.placedAt}::timestamptz, now()
    where exists (select from granted)
    returning id, customer_id, currency, total
  ), lines as (
    insert into order_lines (order_id, position, sku, name, quantity, amount)
    select id, position, sku, name, quantity, amount from placed, granted
  ), held as (
    insert into reservations (key, sku, quantity) select id, sku, quantity from placed, granted
  ), charged as (
    insert into charges
      (id, key, status, order_id, customer_id, amount, currency, reference, created_at, charged_at)
    select ${chargeId}::uuid, id, 'charged', id, customer_id, total, currency, ${reference}, now(), now()
    from placed
  ), scheduled as (
    insert into shipments (id, key, order_id, lines, scheduled_at, due_at)
    select ${shipmentId}::uuid, id, id,
      (select jsonb_agg(jsonb_build_object('sku', sku, 'quantity', quantity)) from granted),
      now(), now() + interval '2 days'
    from placed
  )
  select customers.name, customers.email from placed join customers on customers.id = placed.customer_id`;

const lines = sql`(
    select json_agg(json_build_object(
      'sku', line.sku, 'name', line.name, 'quantity', line.quantity, 'amount', line.amount
    ) order by line.position)
    from order_lines line where line.order_id = orders.id
  ) as lines`;

const columns = sql`orders.id, orders.status, orders.customer_id as "customerId",
  orders.placed_at as "placedAt", orders.currency, orders.total::float8 as total`;

/** An order with its customer, and what is left of its products: one join. */
export const page = (id: string) => sql`
  select ${columns}, customers.name as customer, (
    select json_agg(json_build_object(
      'sku', line.sku, 'name', line.name, 'quantity', line.quantity, 'amount', line.amount,
      'available', stock.on_hand - stock.reserved
    ) order by line.position)
    from order_lines line join stock on stock.sku = line.sku where line.order_id = orders.id
  ) as lines
  from orders join customers on customers.id = orders.customer_id
  where orders.id = ${id}::uuid`;

/** The newest orders with their customers' names. */
export const newest = (count: number) => sql`
  select ${columns}, customers.name as customer, ${lines}
  from orders join customers on customers.id = orders.customer_id
  order by orders.id desc limit ${count}`;

export const revenue = (from: string, to: string) => sql`
  select to_char(orders.confirmed_at at time zone 'UTC', 'YYYY-MM-DD') as day, line.sku,
    product.name, sum(line.quantity)::int as quantity,
    json_build_object('amount', sum(line.quantity::bigint * line.amount), 'currency', orders.currency)
      as revenue
  from orders
  join order_lines line on line.order_id = orders.id
  join products product on product.sku = line.sku
  where orders.confirmed_at is not null and orders.status = 'confirmed'
    and orders.confirmed_at >= ${from}::date at time zone 'UTC'
    and orders.confirmed_at < (${to}::date + 1) at time zone 'UTC'
  group by day, line.sku, product.name, orders.currency
  order by day desc, sum(line.quantity::bigint * line.amount) desc, line.sku, orders.currency
  limit 500`;
