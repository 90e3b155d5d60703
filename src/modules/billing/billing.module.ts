import { Module } from '@nestjs/common';
import { defineModule } from '#platform/define-module';
import { billingContract } from './billing.contract.js';
import { billingFeed } from './billing.events.js';
import { BillingAnswers } from './internal/billing.answers.js';
import { BillingDatabase } from './internal/billing.database.js';
import { BillingSettings } from './internal/billing.settings.js';
import { ChargesController } from './internal/charges.controller.js';
import { ChargesService } from './internal/charges.service.js';
import { HttpPaymentProvider } from './internal/http-payment-provider.js';
import { PaymentProvider } from './internal/payment-provider.js';
import { PrismaClient } from './internal/prisma/client.js';
import { Settlement } from './internal/settlement.js';
import { WebhooksController } from './internal/webhooks.controller.js';
import manifest from './module.json' with { type: 'json' };

@Module(
  defineModule(manifest, {
    database: { type: BillingDatabase, client: PrismaClient },
    settings: BillingSettings,
    ports: [{ port: PaymentProvider, with: HttpPaymentProvider }],
    controllers: [ChargesController, WebhooksController],
    providers: [ChargesService, Settlement],
    answers: { contract: billingContract, with: BillingAnswers },
    publishes: billingFeed,
  }),
)
export class BillingModule {}
