import { Module } from '@nestjs/common';
import { defineModule } from '#platform/define-module';
import { inventoryContract } from './inventory.contract.js';
import { inventoryFeed } from './inventory.events.js';
import { InventoryAnswers } from './internal/inventory.answers.js';
import { InventoryDatabase } from './internal/inventory.database.js';
import { InventorySeed } from './internal/inventory.seed.js';
import { PrismaClient } from './internal/prisma/client.js';
import { StockController } from './internal/stock.controller.js';
import { StockService } from './internal/stock.service.js';
import manifest from './module.json' with { type: 'json' };

@Module(
  defineModule(manifest, {
    database: { type: InventoryDatabase, client: PrismaClient },
    controllers: [StockController],
    providers: [StockService],
    answers: { contract: inventoryContract, with: InventoryAnswers },
    publishes: inventoryFeed,
    seed: InventorySeed,
  }),
)
export class InventoryModule {}
