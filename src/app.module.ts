import { type DynamicModule, Module } from '@nestjs/common';
import type { AppConfig } from '#config';
import { PlatformModule } from '#platform/platform.module';
import { BillingModule } from './modules/billing/billing.module.js';
import { CatalogModule } from './modules/catalog/catalog.module.js';
import { CustomersModule } from './modules/customers/customers.module.js';
import { InventoryModule } from './modules/inventory/inventory.module.js';
import { OrdersModule } from './modules/orders/orders.module.js';
import { ReportingModule } from './modules/reporting/reporting.module.js';
import { ShippingModule } from './modules/shipping/shipping.module.js';

/** The monolith: the platform, and every module. */
@Module({})
export class AppModule {
  static register(config: AppConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.register(config),
        CustomersModule,
        CatalogModule,
        InventoryModule,
        BillingModule,
        ShippingModule,
        OrdersModule,
        ReportingModule,
      ],
    };
  }
}
