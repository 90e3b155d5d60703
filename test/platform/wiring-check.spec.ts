import { describe, expect, it } from '@jest/globals';
import {
  type DynamicModule,
  Inject,
  Injectable,
  type ModuleMetadata,
  Module,
  type Provider,
  Scope,
  UseGuards,
} from '@nestjs/common';
import { ModuleRef, ModulesContainer, NestFactory, Reflector } from '@nestjs/core';
import { parseAppConfig } from '#config';
import { InjectContract, defineContract } from '#platform/contracts';
import { ContractRegistry } from '#platform/contracts/contract-registry';
import { StartRefused } from '#platform/database/start-check';
import {
  ModuleDatabase,
  type PrismaClass,
  type PrismaLike,
} from '#platform/database/module-database';
import { defineModule } from '#platform/define-module';
import { HostedModules } from '#platform/hosted-modules';
import { PlatformModule } from '#platform/platform.module';
import { APP_CONFIG } from '#platform/tokens';
import { checkWiring } from '#platform/wiring-check';

const LINK = 'See docs/resolving-violations.md#loading-and-injection';
const REMEDY = `let it inject its own classes, and call others by contract. ${LINK}`;

const manifests = [
  { name: 'fleet', calls: ['harbour'], hears: [] },
  { name: 'harbour', calls: [], hears: [] },
];

const config = parseAppConfig(manifests, {
  FLEET_DATABASE_URL: 'postgres://fleet:secret@localhost:1/x',
  HARBOUR_DATABASE_URL: 'postgres://harbour:secret@localhost:1/x',
});

class FleetDatabase extends ModuleDatabase<PrismaLike> {}
class HarbourDatabase extends ModuleDatabase<PrismaLike> {}

const client = class {
  $disconnect() {
    return Promise.resolve();
  }
} as unknown as PrismaClass<PrismaLike>;

@Injectable()
class Berths {
  constructor(readonly db: HarbourDatabase) {}
}

const harbour = () =>
  defineModule(
    { name: 'harbour', calls: [], hears: [] },
    { database: { type: HarbourDatabase, client }, providers: [Berths] },
  );

const fleet = (...providers: Provider[]): ModuleMetadata =>
  defineModule(
    { name: 'fleet', calls: ['harbour'], hears: [] },
    { database: { type: FleetDatabase, client }, providers: providers as never },
  );

/** Why the app with these two modules does not start. */
async function faults(
  fleetParts: ModuleMetadata,
  harbourParts: ModuleMetadata & { global?: boolean } = harbour(),
): Promise<readonly string[]> {
  class FleetModule {}
  class HarbourModule {}
  class App {}
  const harbourModule: DynamicModule = { module: HarbourModule, ...harbourParts };
  const imports = (fleetParts.imports ?? []).map(() => harbourModule);
  Module({
    imports: [
      PlatformModule.register(config, manifests),
      harbourModule,
      { module: FleetModule, ...fleetParts, imports },
    ],
  })(App);
  const app = await NestFactory.createApplicationContext(App, {
    logger: false,
    abortOnError: false,
  });
  try {
    checkWiring(app.get(ModulesContainer), [App, PlatformModule]);
    return [];
  } catch (error) {
    if (error instanceof StartRefused) return error.faults;
    throw error;
  } finally {
    await app.close();
  }
}

const asking = (token: unknown, scope: Scope = Scope.DEFAULT) => {
  @Injectable({ scope })
  class Asker {
    constructor(@Inject(token as never) readonly given: unknown) {}
  }
  return Asker;
};

describe('modules that are wired to nothing of each other', () => {
  it('may start: with their own classes, their contracts and what Nest gives to one class', async () => {
    const contract = defineContract('harbour', {});
    @Injectable()
    class Captain {
      @Inject(FleetDatabase) readonly same!: FleetDatabase;
      constructor(
        readonly db: FleetDatabase,
        readonly own: ModuleRef,
        readonly reflector: Reflector,
        @InjectContract(contract) readonly harbour: unknown,
      ) {}
    }
    expect(await faults(fleet(Captain))).toEqual([]);
  });
});

describe('the app does not start when a module', () => {
  it.each([
    ['every login URL', APP_CONFIG, 'Symbol(AppConfig)'],
    ["every module's database", HostedModules, 'HostedModules'],
    ['every contract', ContractRegistry, 'ContractRegistry'],
  ])('is given %s', async (_what, token, name) => {
    expect(await faults(fleet(asking(token)))).toEqual([
      `Asker of FleetModule is given ${name} of PlatformModule; ${REMEDY}`,
    ]);
  });

  it("is given Nest's list of all modules", async () => {
    expect(await faults(fleet(asking(ModulesContainer)))).toEqual([
      `Asker of FleetModule is given ModulesContainer of InternalCoreModule; ${REMEDY}`,
    ]);
  });

  it('is given one of these per request', async () => {
    expect(await faults(fleet(asking(HostedModules, Scope.REQUEST)))).toHaveLength(1);
  });

  it('is given one of these as a property', async () => {
    @Injectable()
    class Asker {
      @Inject(HostedModules) readonly hosted!: HostedModules;
    }
    expect(await faults(fleet(Asker))).toHaveLength(1);
  });

  it('is given one of these in a controller, or in a guard of it', async () => {
    const Guard = asking(APP_CONFIG);
    @Injectable()
    @UseGuards(Guard)
    class Bridge {
      constructor(readonly hosted: HostedModules) {}
    }
    expect(await faults({ ...fleet(), controllers: [Bridge] })).toEqual([
      `Bridge of FleetModule is given HostedModules of PlatformModule; ${REMEDY}`,
      `Asker of FleetModule is given Symbol(AppConfig) of PlatformModule; ${REMEDY}`,
    ]);
  });

  it('is given one of these by a factory of its own', async () => {
    const parts = fleet();
    const factory = { provide: 'all', useFactory: (given: unknown) => given, inject: [APP_CONFIG] };
    expect(await faults({ ...parts, providers: [...(parts.providers ?? []), factory] })).toEqual([
      `all of FleetModule is given Symbol(AppConfig) of PlatformModule; ${REMEDY}`,
    ]);
  });

  it('imports another one, which exports what it takes', async () => {
    const parts = { ...fleet(asking(Berths)), imports: [Object] };
    expect(await faults(parts, { ...harbour(), exports: [Berths] })).toEqual([
      `HarbourModule exports Berths; ${REMEDY}`,
      `FleetModule imports HarbourModule; ${REMEDY}`,
      `Asker of FleetModule is given Berths of HarbourModule; ${REMEDY}`,
    ]);
  });

  it('makes itself global', async () => {
    expect(await faults(fleet(), { ...harbour(), global: true })).toEqual([
      `HarbourModule is global; ${REMEDY}`,
      `FleetModule imports HarbourModule; ${REMEDY}`,
    ]);
  });
});
