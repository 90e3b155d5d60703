import { Module } from '@nestjs/common';
import { defineModule } from '#platform/define-module';
import { customersContract } from './customers.contract.js';
import { customersFeed } from './customers.events.js';
import { CustomersAnswers } from './internal/customers.answers.js';
import { CustomersController } from './internal/customers.controller.js';
import { CustomersDatabase } from './internal/customers.database.js';
import { CustomersSeed } from './internal/customers.seed.js';
import { CustomersService } from './internal/customers.service.js';
import { PrismaClient } from './internal/prisma/client.js';
import manifest from './module.json' with { type: 'json' };

@Module(
  defineModule(manifest, {
    database: { type: CustomersDatabase, client: PrismaClient },
    controllers: [CustomersController],
    providers: [CustomersService],
    answers: { contract: customersContract, with: CustomersAnswers },
    publishes: customersFeed,
    seed: CustomersSeed,
  }),
)
export class CustomersModule {}
