import { Injectable } from '@nestjs/common';
import { hashInput } from '#platform/contracts';
import { sql } from '#platform/database';
import { append } from '#platform/events';
import { faultPoint } from '#platform/fault';
import { type Page, pageOf } from '#platform/http';
import { IdempotencyKeyReused, OrderNotFound } from '../orders.errors.js';
import { OrderPlaced } from '../orders.events.js';
import { CANCELLED_BY_REQUEST, CancelOrder } from './cancel-order.saga.js';
import { OrderPricing } from './order-pricing.js';
import { type Order, totalOf, viewOf } from './order.js';
import {
  begin,
  type ClientKey,
  findById,
  findByKey,
  list,
  wishToCancel,
} from './order.statements.js';
import { OrdersDatabase } from './orders.database.js';
import type { OrderPaging, OrderRequest, OrderView } from './orders.schemas.js';
import { PlaceOrder } from './place-order.saga.js';

@Injectable()
export class OrdersService {
  constructor(
    private readonly db: OrdersDatabase,
    private readonly pricing: OrderPricing,
    private readonly placeOrder: PlaceOrder,
    private readonly cancelOrder: CancelOrder,
  ) {}

  /**
   * Places an order: writes it down, and with it the saga that will see to the rest. A client's
   * key that was seen before gives the order that it made, wherever that one stands.
   */
  async place(request: OrderRequest, key?: string): Promise<OrderView> {
    const client = key === undefined ? undefined : { key, requestHash: hashInput(request) };
    return viewOf((await this.begunBefore(client)) ?? (await this.begin(request, client)));
  }

  /** Asks for an order to be cancelled; what comes of it shows in the order. */
  async cancel(id: string): Promise<OrderView> {
    await this.db.transaction(async (tx) => {
      // Past its pivot the saga is not stopped, but sees the wish when it ends.
      await this.placeOrder.saga.cancel(tx, id, CANCELLED_BY_REQUEST);
      const [order] = await tx.$queryRaw<{ confirmed: boolean }[]>(wishToCancel(id));
      if (order?.confirmed) await this.cancelOrder.begin(tx, id);
    });
    return this.get(id);
  }

  async get(id: string): Promise<OrderView> {
    const [order] = await this.db.query<Order>(findById(id));
    if (!order) throw new OrderNotFound({ id });
    return viewOf(order);
  }

  async list({ customerId, limit, after }: OrderPaging): Promise<Page<OrderView>> {
    const rows = await this.db.query<Order>(list(customerId, after, limit + 1));
    return pageOf(rows.map(viewOf), limit, ({ id }) => id);
  }

  private async begin(request: OrderRequest, client: ClientKey | undefined): Promise<Order> {
    const order = await this.pricing.price(request);
    const begun = await this.db.query(begin(order, client, this.goingWith(order)));
    await faultPoint('orders.after-placing');
    // Another request with the same key was faster.
    if (begun.length === 0) return (await this.begunBefore(client)) ?? this.begin(request, client);
    this.placeOrder.saga.wake();
    return order;
  }

  private goingWith(order: Order) {
    const { id, customerId, lines } = order;
    const total = totalOf(order);
    const placed = {
      orderId: id,
      customerId,
      placedAt: order.placedAt.toISOString(),
      total,
      lines,
    };
    const stock = lines.map(({ sku, quantity }) => ({ sku, quantity }));
    const from = sql`begun`;
    return {
      published: append(OrderPlaced, placed, { from }),
      started: this.placeOrder.saga.starting(id, { customerId, lines: stock, total }, from),
    };
  }

  private async begunBefore(client: ClientKey | undefined): Promise<Order | undefined> {
    if (!client) return undefined;
    const [order] = await this.db.query<Order & { requestHash: string }>(findByKey(client.key));
    if (order && order.requestHash !== client.requestHash) {
      throw new IdempotencyKeyReused({ idempotencyKey: client.key });
    }
    return order;
  }
}
