import { Injectable } from '@nestjs/common';
import type { Implementation } from '#platform/contracts';
import { sql } from '#platform/database';
import type { CatalogContract } from '../catalog.contract.js';
import { CatalogDatabase } from './catalog.database.js';

interface Row {
  sku: string;
  name: string;
  amount: number;
  currency: string;
}

/** Answers other modules. */
@Injectable()
export class CatalogAnswers implements Implementation<CatalogContract> {
  constructor(private readonly db: CatalogDatabase) {}

  async find({ skus }: { skus: string[] }) {
    const rows = await this.db.query<Row>(
      sql`select sku, name, amount, currency from products where sku = any(${skus}::text[])`,
    );
    return rows.map(({ sku, name, ...price }) => ({ sku, name, price }));
  }
}
