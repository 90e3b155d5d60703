import { Module } from '@nestjs/common';
import { defineModule } from '#platform/define-module';
import { OrderPricing } from './internal/order-pricing.js';
import { OrderSettlement } from './internal/order-settlement.js';
import { OrdersController } from './internal/orders.controller.js';
import { OrdersDatabase } from './internal/orders.database.js';
import { OrdersSeed } from './internal/orders.seed.js';
import { OrdersService } from './internal/orders.service.js';
import { PrismaClient } from './internal/prisma/client.js';
import manifest from './module.json' with { type: 'json' };

@Module(
  defineModule(manifest, {
    database: { type: OrdersDatabase, client: PrismaClient },
    controllers: [OrdersController],
    providers: [OrderPricing, OrderSettlement, OrdersService],
    seed: OrdersSeed,
  }),
)
export class OrdersModule {}
