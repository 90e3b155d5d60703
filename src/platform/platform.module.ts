import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { AppConfig } from '#config';
import { ContractRegistry } from './contracts/contract-registry.js';
import { HostedModules } from './hosted-modules.js';
import { HealthController } from './http/health.controller.js';
import { APP_CONFIG } from './tokens.js';

/** What every module may inject without importing anything. */
@Global()
@Module({})
export class PlatformModule {
  static register(config: AppConfig): DynamicModule {
    return {
      module: PlatformModule,
      controllers: [HealthController],
      providers: [{ provide: APP_CONFIG, useValue: config }, ContractRegistry, HostedModules],
      exports: [APP_CONFIG, ContractRegistry, HostedModules],
    };
  }
}
