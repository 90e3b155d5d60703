import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import {
  type InventoryContract,
  inventoryContract,
  OutOfStock,
  ReservationReleased,
} from '#modules/inventory';
import { type ContractClient, InjectContract } from '#platform/contracts';
import type { Order } from './order.js';
import { findPlacing, settle } from './order.statements.js';
import { OrdersDatabase } from './orders.database.js';

/**
 * Takes an order from `placing` to `placed` or `rejected`. Every step may be repeated, by anyone
 * and at the same time: the stock is reserved under a key made from the order's id, and only the
 * first one's result is written. So whatever a crash leaves behind is settled at the next start.
 */
@Injectable()
export class OrderSettlement implements OnApplicationBootstrap {
  private readonly logger = new Logger('orders');

  constructor(
    private readonly db: OrdersDatabase,
    @InjectContract(inventoryContract)
    private readonly inventory: ContractClient<InventoryContract>,
  ) {}

  /** @throws {OutOfStock} or {ReservationReleased} for an order that is, or has been, rejected */
  async settle(order: Order): Promise<void> {
    if (order.status === 'placed') return;
    try {
      await this.inventory.reserve({ key: `order:${order.id}`, lines: stockOf(order) });
    } catch (error) {
      if (isRefusal(error)) await this.db.query(settle(order.id, 'rejected'));
      throw error;
    }
    await this.db.query(settle(order.id, 'placed'));
  }

  async onApplicationBootstrap(): Promise<void> {
    const left = await this.db.query<Order>(findPlacing());
    for (const order of left) {
      const outcome = await this.settle(order).then(
        () => 'is placed now',
        (error: Error) =>
          isRefusal(error) ? 'is rejected now' : `stays so until the next start: ${error.message}`,
      );
      this.logger.warn(`The order ${order.id} was left half-placed, and ${outcome}.`);
    }
  }
}

const isRefusal = (error: unknown) => OutOfStock.is(error) || ReservationReleased.is(error);

const stockOf = ({ lines }: Order) => lines.map(({ sku, quantity }) => ({ sku, quantity }));
