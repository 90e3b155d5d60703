import { Injectable } from '@nestjs/common';
import { hashInput } from '#platform/contracts';
import { type Page, pageOf } from '#platform/http';
import { IdempotencyKeyReused, OrderNotFound } from '../orders.errors.js';
import { OrderPricing } from './order-pricing.js';
import { OrderSettlement } from './order-settlement.js';
import { type Order, viewOf } from './order.js';
import { begin, type ClientKey, findById, findByKey, listPlaced } from './order.statements.js';
import { OrdersDatabase } from './orders.database.js';
import type { OrderPaging, OrderRequest, OrderView } from './orders.schemas.js';

@Injectable()
export class OrdersService {
  constructor(
    private readonly db: OrdersDatabase,
    private readonly pricing: OrderPricing,
    private readonly settlement: OrderSettlement,
  ) {}

  /**
   * Places an order: writes it down, reserves its stock, confirms it. A client's key that was
   * seen before goes on with the order that it made, wherever that one stands.
   */
  async place(request: OrderRequest, key?: string): Promise<OrderView> {
    const client = key === undefined ? undefined : { key, requestHash: hashInput(request) };
    const order = (await this.begunBefore(client)) ?? (await this.begin(request, client));
    await this.settlement.settle(order);
    return viewOf(order);
  }

  async get(id: string): Promise<OrderView> {
    const [order] = await this.db.query<Order>(findById(id));
    if (order?.status !== 'placed') throw new OrderNotFound({ id });
    return viewOf(order);
  }

  async list({ customerId, limit, after }: OrderPaging): Promise<Page<OrderView>> {
    const rows = await this.db.query<Order>(listPlaced(customerId, after, limit + 1));
    return pageOf(rows.map(viewOf), limit, ({ id }) => id);
  }

  private async begin(request: OrderRequest, client: ClientKey | undefined): Promise<Order> {
    const order = await this.pricing.price(request);
    const begun = await this.db.query(begin(order, client));
    if (begun.length > 0) return order;
    // Another request with the same key was faster.
    return (await this.begunBefore(client)) ?? this.begin(request, client);
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
