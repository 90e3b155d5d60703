import { sql } from '#platform/database';
import type { RevenueQuery } from './reports.schemas.js';

/** Rows of a report at most: the largest, or the most pressing, come first. */
const MOST = 500;

/** What confirmed orders brought that were not cancelled since, by the day (UTC) of confirmation. */
export const revenue = ({ from, to }: RevenueQuery) => sql`
  select to_char(orders.confirmed_at at time zone 'UTC', 'YYYY-MM-DD') as day, line.sku,
    coalesce(product.name, line.sku) as name, sum(line.quantity)::float8 as quantity,
    json_build_object('amount', sum(line.quantity::bigint * line.amount), 'currency', orders.currency)
      as revenue
  from orders
  join order_lines line on line.order_id = orders.id
  left join products product on product.sku = line.sku
  where orders.confirmed_at is not null and orders.cancelled is null
    and orders.confirmed_at >= coalesce(${from ?? null}::timestamp, '-infinity') at time zone 'UTC'
    and orders.confirmed_at < (coalesce(${to ?? null}::timestamp, 'infinity') + interval '1 day') at time zone 'UTC'
  group by day, line.sku, product.name, orders.currency
  order by day desc, sum(line.quantity::bigint * line.amount) desc, line.sku, orders.currency
  limit ${MOST}`;

/** The same by the day alone, for the last days that brought anything. */
export const revenueByDay = (days: number) => sql`
  select to_char(confirmed_at at time zone 'UTC', 'YYYY-MM-DD') as day,
    json_build_object('amount', sum(total), 'currency', currency) as revenue
  from orders
  where confirmed_at is not null and cancelled is null
  group by day, currency
  order by day desc, currency
  limit ${days}`;

/** How many orders have ever come to each stage. */
export const funnel = () => sql`
  select * from (values
    ('placed', (select count(*)::int from orders)),
    ('charged', (select count(distinct order_id)::int from charges)),
    ('scheduled', (select count(distinct order_id)::int from shipments)),
    ('confirmed', (select count(*)::int from orders where confirmed_at is not null)),
    ('delivered', (select count(distinct order_id)::int from shipments where delivered_at is not null)),
    ('cancelled', (select count(*)::int from orders where cancelled is not null))
  ) as funnel (stage, orders)`;

/** Products of which fewer are left than that. */
export const stockAtRisk = (below: number) => sql`
  select stock.sku, coalesce(product.name, stock.sku) as name, on_hand as "onHand", reserved,
    on_hand - reserved as available
  from stock left join products product on product.sku = stock.sku
  where on_hand - reserved < ${below}
  order by available, stock.sku
  limit ${MOST}`;

/** What each customer's confirmed orders brought. */
export const customerValue = () => sql`
  select orders.customer_id as "customerId", coalesce(customer.name, '') as name,
    count(*)::int as orders,
    json_build_object('amount', sum(orders.total), 'currency', orders.currency) as value
  from orders left join customers customer on customer.id = orders.customer_id
  where orders.confirmed_at is not null and orders.cancelled is null
  group by orders.customer_id, customer.name, orders.currency
  order by sum(orders.total) desc, orders.customer_id, orders.currency
  limit ${MOST}`;

/** Shipments that were delivered after they were due, or are due and not delivered. */
export const lateShipments = (now: Date) => sql`
  select id as "shipmentId", order_id as "orderId",
    to_char(due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "dueAt",
    to_char(delivered_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "deliveredAt"
  from shipments
  where not cancelled and coalesce(delivered_at, ${now}::timestamptz) > due_at
  order by due_at, id
  limit ${MOST}`;
