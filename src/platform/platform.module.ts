import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { AppConfig } from '#config';
import { ContractRegistry } from './contracts/contract-registry.js';
import { RemoteContracts } from './contracts/remote-contracts.js';
import { FeedReaders } from './events/feed-readers.js';
import { FeedServer } from './events/feed-server.js';
import { HintListener } from './events/hint-listener.js';
import { HostedModules } from './hosted-modules.js';
import type { Manifest } from './manifest.js';
import { HealthController } from './http/health.controller.js';
import { ModuleStates } from './page/module-states.js';
import { PageController } from './page/page.controller.js';
import { PageSections } from './page/page-sections.js';
import { Placement } from './placement/placement.js';
import { PlacementWatches } from './placement/placement-watches.js';
import { APP_CONFIG } from './tokens.js';
import { WireGuard } from './wire/guard.js';
import { Wire } from './wire/wire.js';

/** What every module may inject without importing anything. */
@Global()
@Module({})
export class PlatformModule {
  /** @param manifests of all modules, wherever they run */
  static register(config: AppConfig, manifests: readonly Manifest[]): DynamicModule {
    return {
      module: PlatformModule,
      controllers: [HealthController, PageController],
      providers: [
        { provide: APP_CONFIG, useValue: config },
        { provide: Placement, useValue: new Placement(config, manifests) },
        ContractRegistry,
        FeedReaders,
        FeedServer,
        HintListener,
        HostedModules,
        ModuleStates,
        PageSections,
        PlacementWatches,
        RemoteContracts,
        Wire,
        WireGuard,
      ],
      exports: [
        APP_CONFIG,
        ContractRegistry,
        FeedReaders,
        HostedModules,
        PageSections,
        Placement,
        PlacementWatches,
      ],
    };
  }
}
