import { type DynamicModule, Module } from '@nestjs/common';
import { CatalogModule } from '#modules/catalog';
import { CustomersModule } from '#modules/customers';
import { InventoryModule } from '#modules/inventory';
import { OrdersModule } from '#modules/orders';
import type { AppConfig } from '#config';
import { PlatformModule } from '#platform/platform.module';

/** The monolith: the platform, and every module by its face. */
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
        OrdersModule,
      ],
    };
  }
}
