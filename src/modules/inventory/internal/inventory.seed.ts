import { Injectable } from '@nestjs/common';
import type { Seed } from '#platform/hosted-modules';
import { InventoryDatabase } from './inventory.database.js';

const stock = [
  { sku: 'LAMP-BRASS', onHand: 25 },
  { sku: 'ROPE-20M', onHand: 200 },
  { sku: 'FLARE-RED', onHand: 500 },
  { sku: 'CHART-NORTH', onHand: 3 },
];

@Injectable()
export class InventorySeed implements Seed {
  constructor(private readonly db: InventoryDatabase) {}

  async seed(): Promise<void> {
    await this.db.query((prisma) => prisma.stock.createMany({ data: stock, skipDuplicates: true }));
  }
}
