import { Injectable } from '@nestjs/common';
import { StockCounted, StockReleased, StockReserved } from '#modules/inventory';
import { sql, type Transaction } from '#platform/database';
import { type EventOf, HearsBatch } from '#platform/events';
import type { PrismaClient } from './prisma/client.js';

type StockEvent = EventOf<typeof StockCounted | typeof StockReserved | typeof StockReleased>;

/** Keeps how much there is of each product, and how much of that is promised. */
@Injectable()
export class HeardStock {
  @HearsBatch(StockCounted, StockReserved, StockReleased)
  async stock(events: StockEvent[], tx: Transaction<PrismaClient>): Promise<void> {
    const { counted, promised } = changesOf(events);
    if (counted.size > 0) {
      await tx.$executeRaw(sql`
      insert into stock (sku, on_hand)
      select * from unnest(${[...counted.keys()]}::text[], ${[...counted.values()]}::int[])
      on conflict (sku) do update set on_hand = excluded.on_hand`);
    }
    if (promised.size > 0) {
      await tx.$executeRaw(sql`
      insert into stock (sku, reserved)
      select * from unnest(${[...promised.keys()]}::text[], ${[...promised.values()]}::int[])
      on conflict (sku) do update set reserved = stock.reserved + excluded.reserved`);
    }
  }
}

/** The last count of each product, and by how much its reservations grew. */
function changesOf(events: readonly StockEvent[]) {
  const counted = new Map<string, number>();
  const promised = new Map<string, number>();
  for (const event of events) {
    if (event.type === StockCounted.type) {
      counted.set(event.data.sku, event.data.onHand);
      continue;
    }
    const sign = event.type === StockReserved.type ? 1 : -1;
    for (const { sku, quantity } of event.data.lines) {
      promised.set(sku, (promised.get(sku) ?? 0) + sign * quantity);
    }
  }
  return { counted, promised };
}
