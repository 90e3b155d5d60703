import { Injectable } from '@nestjs/common';
import type { Seed } from '#platform/hosted-modules';
import { StockCounted } from '../inventory.events.js';
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
    await this.db.transaction(async (tx) => {
      const made = await tx.stock.createManyAndReturn({ data: stock, skipDuplicates: true });
      await tx.publish(
        StockCounted,
        made.map(({ sku, onHand }) => ({ sku, onHand })),
      );
    });
  }
}
