import { Injectable } from '@nestjs/common';
import { sql } from '#platform/database';
import { append } from '#platform/events';
import { CountBelowReserved, StockNotFound } from '../inventory.errors.js';
import { StockCounted } from '../inventory.events.js';
import { InventoryDatabase } from './inventory.database.js';
import type { Stock } from './prisma/client.js';
import type { Count, StockView } from './stock.schemas.js';

@Injectable()
export class StockService {
  constructor(private readonly db: InventoryDatabase) {}

  /** Takes over what was counted; refuses less than what is promised already. */
  async count(sku: string, { onHand }: Count): Promise<StockView> {
    // One statement, since between a look and an upsert a reservation could slip in.
    const [counted] = await this.db.query<Stock>(sql`
      with counted as (
        insert into stock as s (sku, on_hand) values (${sku}, ${onHand})
        on conflict (sku) do update set on_hand = excluded.on_hand
          where s.reserved <= excluded.on_hand
        returning sku, on_hand as "onHand", reserved
      ), published as (
        ${append(StockCounted, { sku, onHand }, { from: sql`counted` })}
      )
      select * from counted`);
    if (!counted) throw new CountBelowReserved({ sku, onHand });
    return view(counted);
  }

  async get(sku: string): Promise<StockView> {
    const found = await this.db.query((prisma) => prisma.stock.findUnique({ where: { sku } }));
    if (!found) throw new StockNotFound({ sku });
    return view(found);
  }
}

const view = ({ sku, onHand, reserved }: Stock): StockView => ({
  sku,
  onHand,
  reserved,
  available: onHand - reserved,
});
