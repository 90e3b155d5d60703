import { Injectable } from '@nestjs/common';
import { ProductCorrected, ProductOffered } from '#modules/catalog';
import { CustomerRegistered, CustomerRenamed } from '#modules/customers';
import { sql, type Transaction } from '#platform/database';
import { type EventOf, HearsBatch } from '#platform/events';
import type { PrismaClient } from './prisma/client.js';

type Tx = Transaction<PrismaClient>;

/** Keeps what customers and products are called today. */
@Injectable()
export class HeardNames {
  @HearsBatch(CustomerRegistered, CustomerRenamed)
  async customers(
    events: EventOf<typeof CustomerRegistered | typeof CustomerRenamed>[],
    tx: Tx,
  ): Promise<void> {
    const latest = new Map(events.map(({ data }) => [data.customerId, data.name]));
    await tx.$executeRaw(sql`
      insert into customers (id, name)
      select * from unnest(${[...latest.keys()]}::uuid[], ${[...latest.values()]}::text[])
      on conflict (id) do update set name = excluded.name`);
  }

  @HearsBatch(ProductOffered, ProductCorrected)
  async products(
    events: EventOf<typeof ProductOffered | typeof ProductCorrected>[],
    tx: Tx,
  ): Promise<void> {
    const latest = new Map(events.map(({ data }) => [data.sku, data.name]));
    await tx.$executeRaw(sql`
      insert into products (sku, name)
      select * from unnest(${[...latest.keys()]}::text[], ${[...latest.values()]}::text[])
      on conflict (sku) do update set name = excluded.name`);
  }
}
