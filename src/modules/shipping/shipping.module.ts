import { Module } from '@nestjs/common';
import { defineModule } from '#platform/define-module';
import { PrismaClient } from './internal/prisma/client.js';
import { ShipmentsController } from './internal/shipments.controller.js';
import { ShipmentsService } from './internal/shipments.service.js';
import { ShippingAnswers } from './internal/shipping.answers.js';
import { ShippingDatabase } from './internal/shipping.database.js';
import manifest from './module.json' with { type: 'json' };
import { shippingContract } from './shipping.contract.js';
import { shippingFeed } from './shipping.events.js';

@Module(
  defineModule(manifest, {
    database: { type: ShippingDatabase, client: PrismaClient },
    controllers: [ShipmentsController],
    providers: [ShipmentsService],
    answers: { contract: shippingContract, with: ShippingAnswers },
    publishes: shippingFeed,
  }),
)
export class ShippingModule {}
