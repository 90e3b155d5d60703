import { type DynamicModule, Module, type Type } from '@nestjs/common';
import type { AppConfig } from '#config';
import { manifestOf } from '#platform/define-module';
import type { Manifest } from '#platform/manifest';
import { type PublicRoute, publicRoutesOf } from '#platform/placement/public-routes';
import { PlatformModule } from '#platform/platform.module';
import { BillingModule } from './modules/billing/billing.module.js';
import { CatalogModule } from './modules/catalog/catalog.module.js';
import { CustomersModule } from './modules/customers/customers.module.js';
import { InventoryModule } from './modules/inventory/inventory.module.js';
import { OrdersModule } from './modules/orders/orders.module.js';
import { ReportingModule } from './modules/reporting/reporting.module.js';
import { ShippingModule } from './modules/shipping/shipping.module.js';

/** Every module, wherever it runs. */
const MODULES: readonly Type[] = [
  CustomersModule,
  CatalogModule,
  InventoryModule,
  BillingModule,
  ShippingModule,
  OrdersModule,
  ReportingModule,
];

/** The program: the platform, and the modules that this process hosts. */
@Module({})
export class AppModule {
  static register(config: AppConfig, manifests: readonly Manifest[]): DynamicModule {
    const hosted = MODULES.filter((type) => config.modules.includes(nameOf(type)));
    return {
      module: AppModule,
      imports: [PlatformModule.register(config, manifests), ...hosted],
    };
  }
}

/** The public routes of the modules whose source is here and that this process does not host. */
export const routesElsewhere = (config: Pick<AppConfig, 'modules'>): Map<string, PublicRoute[]> =>
  new Map(
    MODULES.map((type) => [nameOf(type), publicRoutesOf(type)] as const).filter(
      ([name]) => !config.modules.includes(name),
    ),
  );

const nameOf = (type: Type) => manifestOf(type).name;
