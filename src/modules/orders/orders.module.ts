import { Module } from '@nestjs/common';
import { defineModule } from '#platform/define-module';
import { CancelOrder } from './internal/cancel-order.saga.js';
import { ConfirmationMail } from './internal/confirmation-mail.js';
import { KnownCustomers } from './internal/known-customers.js';
import { OrderPricing } from './internal/order-pricing.js';
import { OrderOutcome } from './internal/order-outcome.js';
import { OrdersController } from './internal/orders.controller.js';
import { OrdersDatabase } from './internal/orders.database.js';
import { OrdersMailer } from './internal/orders.mailer.js';
import { OrdersSeed } from './internal/orders.seed.js';
import { OrdersService } from './internal/orders.service.js';
import { OrdersSettings } from './internal/orders.settings.js';
import { PlaceOrder } from './internal/place-order.saga.js';
import { PrismaClient } from './internal/prisma/client.js';
import { SendConfirmation } from './internal/send-confirmation.saga.js';
import manifest from './module.json' with { type: 'json' };
import { ordersFeed } from './orders.events.js';

@Module(
  defineModule(manifest, {
    database: { type: OrdersDatabase, client: PrismaClient },
    settings: OrdersSettings,
    controllers: [OrdersController],
    providers: [OrdersService, OrderPricing, OrderOutcome, ConfirmationMail, OrdersMailer],
    publishes: ordersFeed,
    hears: [KnownCustomers],
    sagas: [PlaceOrder, CancelOrder, SendConfirmation],
    seed: OrdersSeed,
  }),
)
export class OrdersModule {}
