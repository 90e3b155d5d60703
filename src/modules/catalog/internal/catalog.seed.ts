import { Injectable } from '@nestjs/common';
import type { Seed } from '#platform/hosted-modules';
import { ProductOffered } from '../catalog.events.js';
import { CatalogDatabase } from './catalog.database.js';

const products = [
  { sku: 'LAMP-BRASS', name: 'Brass cabin lamp', amount: 8900, currency: 'EUR' },
  { sku: 'ROPE-20M', name: 'Mooring rope, 20 m', amount: 3450, currency: 'EUR' },
  { sku: 'FLARE-RED', name: 'Hand flare, red', amount: 1999, currency: 'EUR' },
  { sku: 'CHART-NORTH', name: 'Chart of the North Sea', amount: 2700, currency: 'EUR' },
];

@Injectable()
export class CatalogSeed implements Seed {
  constructor(private readonly db: CatalogDatabase) {}

  async seed(): Promise<void> {
    await this.db.transaction(async (tx) => {
      const made = await tx.product.createManyAndReturn({ data: products, skipDuplicates: true });
      await tx.publish(
        ProductOffered,
        made.map(({ sku, name, amount, currency }) => ({ sku, name, price: { amount, currency } })),
      );
    });
  }
}
