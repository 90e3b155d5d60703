import { Module } from '@nestjs/common';
import { defineModule } from '#platform/define-module';
import { catalogContract } from './catalog.contract.js';
import { catalogFeed } from './catalog.events.js';
import { CatalogAnswers } from './internal/catalog.answers.js';
import { CatalogDatabase } from './internal/catalog.database.js';
import { CatalogSeed } from './internal/catalog.seed.js';
import { ProductsController } from './internal/products.controller.js';
import { ProductsService } from './internal/products.service.js';
import { PrismaClient } from './internal/prisma/client.js';
import manifest from './module.json' with { type: 'json' };

@Module(
  defineModule(manifest, {
    database: { type: CatalogDatabase, client: PrismaClient },
    controllers: [ProductsController],
    providers: [ProductsService],
    answers: { contract: catalogContract, with: CatalogAnswers },
    publishes: catalogFeed,
    seed: CatalogSeed,
  }),
)
export class CatalogModule {}
