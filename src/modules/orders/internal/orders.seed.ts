import { Injectable } from '@nestjs/common';
import type { Seed } from '#platform/hosted-modules';
import { OrdersService } from './orders.service.js';

const orders = [
  {
    key: 'seed-1',
    customerId: '01900000-0000-7000-8000-000000000001',
    lines: [
      { sku: 'LAMP-BRASS', quantity: 1 },
      { sku: 'ROPE-20M', quantity: 2 },
    ],
  },
  {
    key: 'seed-2',
    customerId: '01900000-0000-7000-8000-000000000002',
    lines: [{ sku: 'CHART-NORTH', quantity: 1 }],
  },
];

@Injectable()
export class OrdersSeed implements Seed {
  constructor(private readonly orders: OrdersService) {}

  async seed(): Promise<void> {
    for (const { key, ...order } of orders) await this.orders.place(order, key);
  }
}
