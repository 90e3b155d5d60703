import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { AppConfig } from '#config';
import { ContractRegistry } from './contracts/contract-registry.js';
import { FeedReaders } from './events/feed-readers.js';
import { HostedModules } from './hosted-modules.js';
import { HealthController } from './http/health.controller.js';
import { ModuleStates } from './page/module-states.js';
import { PageController } from './page/page.controller.js';
import { PageSections } from './page/page-sections.js';
import { APP_CONFIG } from './tokens.js';

/** What every module may inject without importing anything. */
@Global()
@Module({})
export class PlatformModule {
  static register(config: AppConfig): DynamicModule {
    return {
      module: PlatformModule,
      controllers: [HealthController, PageController],
      providers: [
        { provide: APP_CONFIG, useValue: config },
        ContractRegistry,
        FeedReaders,
        HostedModules,
        ModuleStates,
        PageSections,
      ],
      exports: [APP_CONFIG, ContractRegistry, FeedReaders, HostedModules, PageSections],
    };
  }
}
