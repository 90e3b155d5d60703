// only: shop
import pg from 'pg';
import { ownerRole } from '#platform/database/names';
import { testProject } from '../../support/test-project.js';

/**
 * The questions of the reports, asked of the modules' own tables: what nobody in the house may do.
 * Rows are in no order.
 */
export const JOINS = {
  revenue: `
    select to_char(o.confirmed_at at time zone 'UTC', 'YYYY-MM-DD') as day, p.sku, p.name,
      sum(l.quantity)::float8 as quantity,
      json_build_object('amount', sum(l.quantity::numeric * l.amount), 'currency', o.currency) as revenue
    from orders.orders o join orders.order_lines l on l.order_id = o.id
    join catalog.products p on p.sku = l.sku
    where o.status = 'confirmed'
    group by 1, p.sku, p.name, o.currency`,
  funnel: `
    select stage, count(distinct id)::int as orders from (
      select 'placed' as stage, id from orders.orders
      union all select 'confirmed', id from orders.orders where confirmed_at is not null
      union all select 'cancelled', id from orders.orders where status = 'cancelled'
      union all select 'charged', o.id from orders.orders o join billing.charges c on c.order_id = o.id
        where c.charged_at is not null
      union all select 'scheduled', o.id from orders.orders o join shipping.shipments s on s.order_id = o.id
      union all select 'delivered', o.id from orders.orders o join shipping.shipments s on s.order_id = o.id
        where s.status = 'delivered'
    ) as come group by stage`,
  'stock-at-risk': `
    select s.sku, p.name, s.on_hand as "onHand", s.reserved, s.on_hand - s.reserved as available
    from inventory.stock s join catalog.products p on p.sku = s.sku
    where s.on_hand - s.reserved < 5`,
  'customer-value': `
    select c.id as "customerId", c.name, count(*)::int as orders,
      json_build_object('amount', sum(o.total), 'currency', o.currency) as value
    from orders.orders o join customers.customers c on c.id = o.customer_id
    where o.status = 'confirmed'
    group by c.id, c.name, o.currency`,
  'late-shipments': `
    select s.id as "shipmentId", o.id as "orderId", s.due_at as "dueAt", s.delivered_at as "deliveredAt"
    from shipping.shipments s join orders.orders o on o.id = s.order_id
    where s.status = 'delivered' and s.delivered_at > s.due_at or s.status = 'scheduled' and s.due_at < now()`,
} as const;

/** Asks across all schemas, as a superuser or as an admin who lends itself every owner's rights. */
export async function askAcross(statement: string): Promise<unknown[]> {
  const { adminUrl, name, modules } = testProject();
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query('begin');
    for (const module of modules) {
      await client.query(`grant ${pg.escapeIdentifier(ownerRole(name, module))} to current_user`);
    }
    const { rows } = await client.query(statement);
    // Times as the reports write them.
    return JSON.parse(JSON.stringify(rows)) as unknown[];
  } finally {
    await client.query('rollback');
    await client.end();
  }
}
// only: end
