import { billingContract } from '#modules/billing';
import { catalogContract } from '#modules/catalog';
import { inventoryContract } from '#modules/inventory';
import { OrderCancelled, OrderConfirmed, OrderPlaced } from '#modules/orders';
import { shippingContract } from '#modules/shipping';
import { ORPCError } from '@orpc/client';
import { newId } from '#platform/http';
import type { Fake } from '../support/fakes/fake-module.js';

interface Request {
  customerId: string;
  lines: { sku: string; quantity: number }[];
}

interface Order extends Request {
  id: string;
  status: 'pending' | 'confirmed' | 'cancelled';
}

/** Orders in memory: each is as far as it comes when it is answered. */
export const fake: Fake = (module) => {
  const orders = module.rows<Order>();

  const priced = async (lines: Request['lines']) => {
    const products = await module.ask(catalogContract).find({ skus: lines.map(({ sku }) => sku) });
    return lines.flatMap(({ sku, quantity }) =>
      products
        .filter((product) => product.sku === sku)
        .map(({ name, price }) => ({ sku, name, quantity, ...price })),
    );
  };
  const place = async ({ customerId, lines }: Request): Promise<Order> => {
    const order: Order = { id: newId(), customerId, lines, status: 'pending' };
    const all = await priced(lines);
    const total = {
      amount: all.reduce((sum, { quantity, amount }) => sum + quantity * amount, 0),
      currency: all[0]?.currency ?? 'EUR',
    };
    module.feed.publish(OrderPlaced, {
      orderId: order.id,
      customerId,
      placedAt: new Date().toISOString(),
      total,
      lines: all.map(({ sku, name, quantity, amount }) => ({ sku, name, quantity, amount })),
    });
    orders.set(order.id, order);
    await settle(order, total);
    return order;
  };
  const settle = async (order: Order, amount: { amount: number; currency: string }) => {
    const { id: orderId, customerId, lines } = order;
    try {
      await module.ask(inventoryContract).reserve({ key: `${orderId}:reserve`, lines });
      const charge = { key: `${orderId}:charge`, orderId, customerId, amount };
      await module.ask(billingContract).charge(charge);
      await module.ask(shippingContract).schedule({ key: `${orderId}:ship`, orderId, lines });
      order.status = 'confirmed';
      module.feed.publish(OrderConfirmed, { orderId, confirmedAt: new Date().toISOString() });
    } catch (error) {
      if (!(error instanceof ORPCError)) throw error;
      await undo(order, error.code as string);
    }
  };
  const undo = async (order: Order, reason: string) => {
    const { id: orderId } = order;
    await module.ask(shippingContract).cancel({ key: `${orderId}:ship` });
    await module.ask(billingContract).refund({ key: `${orderId}:charge` });
    await module.ask(inventoryContract).release({ key: `${orderId}:reserve` });
    order.status = 'cancelled';
    module.feed.publish(OrderCancelled, { orderId, reason });
  };
  const cancel = async (order: Order) => {
    // What has been delivered stays.
    await undo(order, 'orders.cancelled-by-request').catch(() => undefined);
    return order;
  };

  return {
    path: 'orders',
    routes: (server) => {
      server.post<{ Body: Request }>('/orders', async ({ body }, reply) =>
        reply.code(201).send(await place(body)),
      );
      server.get<{ Params: { id: string } }>('/orders/:id', ({ params }) => orders.get(params.id));
      server.post<{ Params: { id: string } }>('/orders/:id/cancel', ({ params }) =>
        cancel(orders.get(params.id) as Order),
      );
    },
  };
};
