import { Controller, Get, Module, Param } from '@nestjs/common';
import { z } from 'zod';
import { type ContractClient, defineContract, query } from '#platform/contracts';
import { ContractRegistry } from '#platform/contracts/contract-registry';
import { sql } from '#platform/database';
import type { ModuleDatabase, PrismaLike } from '#platform/database/module-database';
import { HostedModules } from '#platform/hosted-modules';
import { id, sku } from '#platform/http';
import type { Order } from './shared.statements.js';
import { viewOf } from './view.js';

/** What inventory would offer to whoever shows stock: all products of a page in one call. */
const stockContract = defineContract('stock', {
  find: query({
    input: z.strictObject({ skus: z.array(sku).max(1000) }),
    output: z.array(z.strictObject({ sku: z.string(), available: z.int() })),
  }),
});

const columns = sql`
  orders.id, orders.status, orders.customer_id as "customerId", orders.placed_at as "placedAt",
  orders.currency, orders.total::float8 as total, customer.name as customer, (
    select json_agg(json_build_object(
      'sku', line.sku, 'name', line.name, 'quantity', line.quantity, 'amount', line.amount
    ) order by line.position)
    from order_lines line where line.order_id = orders.id
  ) as lines`;

/**
 * Two pages that the shop does not have, written as the module orders would write them: names from
 * its read copy, and stock from the module that has it.
 */
@Controller('pages/orders')
class PagesController {
  private readonly stock: ContractClient<typeof stockContract>;

  constructor(
    private readonly hosted: HostedModules,
    registry: ContractRegistry,
  ) {
    registry.host(stockContract, {
      find: ({ skus }) =>
        this.database('inventory').query<{ sku: string; available: number }>(sql`
          select sku, on_hand - reserved as available from stock where sku = any(${skus}::text[])`),
    });
    this.stock = registry.client(stockContract, 'orders');
  }

  @Get(':id')
  async page(@Param('id', { schema: id }) orderId: string) {
    const [order] = await this.database('orders').query<Order>(sql`
      select ${columns} from orders
      join known_customers customer on customer.id = orders.customer_id
      where orders.id = ${orderId}::uuid`);
    const { lines, ...rest } = order as Order;
    const stock = await this.stock.find({ skus: lines.map((line) => line.sku) });
    const left = new Map(stock.map(({ sku, available }) => [sku, available]));
    return viewOf({
      ...rest,
      lines: lines.map((line) => ({ ...line, available: left.get(line.sku) })),
    });
  }

  @Get()
  async list() {
    const orders = await this.database('orders').query<Order>(sql`
      select ${columns} from orders
      join known_customers customer on customer.id = orders.customer_id
      order by orders.id desc limit ${50}`);
    return orders.map(viewOf);
  }

  private database(name: string): ModuleDatabase<PrismaLike> {
    const found = this.hosted.inCallOrder().find(({ manifest }) => manifest.name === name);
    return found?.database as ModuleDatabase<PrismaLike>;
  }
}

@Module({ controllers: [PagesController] })
export class PagesModule {}
