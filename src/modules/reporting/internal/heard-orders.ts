import { Injectable } from '@nestjs/common';
import { PaymentCharged, PaymentRefunded } from '#modules/billing';
import { OrderCancelled, OrderConfirmed, OrderPlaced } from '#modules/orders';
import { ShipmentCancelled, ShipmentDelivered, ShipmentScheduled } from '#modules/shipping';
import { sql, type Transaction } from '#platform/database';
import { type EventOf, HearsBatch } from '#platform/events';
import type { PrismaClient } from './prisma/client.js';
import { writeTold } from './write-told.js';

type Tx = Transaction<PrismaClient>;
type OrderEvent = EventOf<typeof OrderPlaced | typeof OrderConfirmed | typeof OrderCancelled>;
type PaymentEvent = EventOf<typeof PaymentCharged | typeof PaymentRefunded>;
type ShipmentEvent = EventOf<
  typeof ShipmentScheduled | typeof ShipmentDelivered | typeof ShipmentCancelled
>;

/**
 * Keeps what becomes of orders. What one batch tells is written kind by kind, which is right since
 * an order is placed before it is confirmed or cancelled, in its feed as in the world.
 */
@Injectable()
export class HeardOrders {
  @HearsBatch(OrderPlaced, OrderConfirmed, OrderCancelled)
  async orders(events: OrderEvent[], tx: Tx): Promise<void> {
    await writeTold(
      tx,
      events,
      OrderPlaced,
      (told) => sql`
      with placed as (
        select * from jsonb_to_recordset(${told}::jsonb) as placed
          ("orderId" uuid, "customerId" uuid, "placedAt" timestamptz, total jsonb, lines jsonb)
      ), orders as (
        insert into orders (id, customer_id, currency, total, placed_at)
        select "orderId", "customerId", total->>'currency', (total->>'amount')::bigint, "placedAt"
        from placed
      )
      insert into order_lines (order_id, position, sku, quantity, amount)
      select "orderId", line.position, line.sku, line.quantity, line.amount
      from placed, rows from (
        jsonb_to_recordset(lines) as (sku text, quantity int, amount int)
      ) with ordinality as line (sku, quantity, amount, position)`,
    );
    await writeTold(
      tx,
      events,
      OrderConfirmed,
      (told) => sql`
      update orders set confirmed_at = heard."confirmedAt"
      from jsonb_to_recordset(${told}::jsonb) as heard
        ("orderId" uuid, "confirmedAt" timestamptz)
      where orders.id = heard."orderId"`,
    );
    await writeTold(
      tx,
      events,
      OrderCancelled,
      (told) => sql`
      update orders set cancelled = heard.reason
      from jsonb_to_recordset(${told}::jsonb) as heard
        ("orderId" uuid, reason text)
      where orders.id = heard."orderId"`,
    );
  }

  @HearsBatch(PaymentCharged, PaymentRefunded)
  async payments(events: PaymentEvent[], tx: Tx): Promise<void> {
    await writeTold(
      tx,
      events,
      PaymentCharged,
      (told) => sql`
      insert into charges (id, order_id)
      select "chargeId", "orderId"
      from jsonb_to_recordset(${told}::jsonb) as heard
        ("chargeId" uuid, "orderId" uuid)`,
    );
    await writeTold(
      tx,
      events,
      PaymentRefunded,
      (told) => sql`
      update charges set refunded = true
      from jsonb_to_recordset(${told}::jsonb) as heard ("chargeId" uuid)
      where charges.id = heard."chargeId"`,
    );
  }

  @HearsBatch(ShipmentScheduled, ShipmentDelivered, ShipmentCancelled)
  async shipments(events: ShipmentEvent[], tx: Tx): Promise<void> {
    await writeTold(
      tx,
      events,
      ShipmentScheduled,
      (told) => sql`
      insert into shipments (id, order_id, due_at)
      select "shipmentId", "orderId", "dueAt"
      from jsonb_to_recordset(${told}::jsonb) as heard
        ("shipmentId" uuid, "orderId" uuid, "dueAt" timestamptz)`,
    );
    await writeTold(
      tx,
      events,
      ShipmentDelivered,
      (told) => sql`
      update shipments set delivered_at = heard."deliveredAt"
      from jsonb_to_recordset(${told}::jsonb) as heard
        ("shipmentId" uuid, "deliveredAt" timestamptz)
      where shipments.id = heard."shipmentId"`,
    );
    await writeTold(
      tx,
      events,
      ShipmentCancelled,
      (told) => sql`
      update shipments set cancelled = true
      from jsonb_to_recordset(${told}::jsonb) as heard ("shipmentId" uuid)
      where shipments.id = heard."shipmentId"`,
    );
  }
}
