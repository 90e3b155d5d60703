import type { Abstract, ModuleMetadata, Provider, Type } from '@nestjs/common';
import { type AppConfig } from '#config';
import type { Contract, Implementation } from './contracts/contract.js';
import { ContractRegistry } from './contracts/contract-registry.js';
import { contractsAskedBy, contractToken } from './contracts/inject-contract.js';
import { UndeclaredContractError } from './contracts/undeclared-contract.error.js';
import type {
  DatabaseOptions,
  ModuleDatabase,
  PrismaClass,
  PrismaLike,
} from './database/module-database.js';
import type { Feed } from './events/event.js';
import { checkHearing } from './events/hearing-check.js';
import { HostedModules, type Seed } from './hosted-modules.js';
import type { Manifest } from './manifest.js';
import { PlacementWatches } from './placement/placement-watches.js';
import type { SagaProvider } from './sagas/saga.js';
import { SagaRunner } from './sagas/saga-runner.js';
import { type AnySettingsClass, declareSettings } from './settings.js';
import { APP_CONFIG } from './tokens.js';

/** What a module is made of. */
export interface ModuleDefinition<Client extends PrismaLike, C extends Contract> {
  /** The module's own class of database access, and its generated Prisma client. */
  readonly database: {
    readonly type: new (
      options: DatabaseOptions,
      prisma: PrismaClass<Client>,
    ) => ModuleDatabase<Client>;
    readonly client: PrismaClass<Client>;
  };
  readonly controllers?: Type[];
  readonly providers?: Type[];
  /** What the module wants to be told of its environment. */
  readonly settings?: AnySettingsClass;
  /** Ways out of the system, each with the provider that goes there. */
  readonly ports?: ReadonlyArray<{ readonly port: Abstract<unknown>; readonly with: Type }>;
  /** The contract it answers, and the provider that does. */
  readonly answers?: { readonly contract: C; readonly with: Type<Implementation<C>> };
  /** The feed of its events. */
  readonly publishes?: Feed;
  /** The providers whose methods hear the events of others. */
  readonly hears?: Type[];
  /** Its sagas, which this process drives. */
  readonly sagas?: Type<SagaProvider>[];
  readonly seed?: Type<Seed>;
}

/**
 * Turns a manifest and a definition into Nest metadata: the module's own database, and a client
 * of exactly the contracts that its manifest's `calls` declares. What it hears is read once the app
 * has started.
 *
 * @throws {UndeclaredContractError} when a class asks for another contract
 * @throws {HearingError} when a class hears what the manifest does not declare, or nobody publishes
 */
export function defineModule<Client extends PrismaLike, C extends Contract>(
  manifest: Manifest,
  definition: ModuleDefinition<Client, C>,
): ModuleMetadata {
  const { controllers = [], ports = [], answers, hears = [], sagas = [], seed } = definition;
  const { settings } = definition;
  checkHearing(manifest, definition.publishes, hears);
  const own = [
    ...(definition.providers ?? []),
    ...ports.map((port) => port.with),
    ...hears,
    ...(answers ? [answers.with] : []),
    ...sagas,
    ...(seed ? [seed] : []),
  ];
  const providers: Provider[] = [
    ...new Set(own),
    ...contractClients(manifest, [...controllers, ...own]),
    ...ports.map(({ port, with: useExisting }) => ({ provide: port, useExisting })),
    ...(settings ? [settingsProvider(manifest, settings)] : []),
    databaseProvider(manifest, definition.database),
    hosting(manifest, definition),
    ...(sagas.length > 0 ? [sagaRunner(manifest, definition.database.type, sagas)] : []),
  ];
  for (const provider of providers) if ('useFactory' in provider) joining.add(provider.useFactory);
  manifests.set(providers, manifest);
  return { controllers, providers };
}

/** By the list of providers, which `@Module` keeps with the class that it decorates. */
const manifests = new WeakMap<object, Manifest>();

/** The manifest of a module's Nest class, without making the module. */
export function manifestOf(type: Type): Manifest {
  const providers = Reflect.getMetadata('providers', type) as object | undefined;
  const manifest = providers && manifests.get(providers);
  if (manifest) return manifest;
  throw new Error(`${type.name} is no module: decorate it with @Module(defineModule(…)).`);
}

/** The factories that take something of the platform, on behalf of a module that must not. */
const joining = new WeakSet<object>();

/** Whether this is a factory by which `defineModule` joins a module to the platform. */
export const joinsPlatform = (factory: object | null): boolean =>
  factory !== null && joining.has(factory);

function contractClients(manifest: Manifest, classes: Type[]): Provider[] {
  const asked = classes.flatMap((type) =>
    contractsAskedBy(type).map((contract) => ({ by: type.name, contract })),
  );
  const undeclared = asked.filter(({ contract }) => !manifest.calls.includes(contract.module));
  if (undeclared.length > 0) {
    throw new UndeclaredContractError(
      manifest.name,
      undeclared.map(({ by, contract }) => ({ by, contract: contract.module })),
      manifest.calls,
    );
  }
  return [...new Set(asked.map(({ contract }) => contract))].map((contract) => ({
    provide: contractToken(contract),
    useFactory: (registry: ContractRegistry) => registry.client(contract, manifest.name),
    inject: [ContractRegistry],
  }));
}

function databaseProvider<Client extends PrismaLike>(
  { name }: Manifest,
  { type, client }: ModuleDefinition<Client, Contract>['database'],
): Provider {
  return {
    provide: type,
    useFactory: ({ databaseUrls, poolSize }: AppConfig, watches: PlacementWatches) => {
      const url = databaseUrls[name] ?? '';
      return new type({ module: name, url, poolSize, watch: watches.at(url) }, client);
    },
    inject: [APP_CONFIG, PlacementWatches],
  };
}

function sagaRunner(
  { name }: Manifest,
  database: Type<ModuleDatabase<PrismaLike>>,
  sagas: readonly Type<SagaProvider>[],
): Provider {
  return {
    provide: `sagas:${name}`,
    useFactory: (own: ModuleDatabase<PrismaLike>, ...providers: SagaProvider[]) =>
      new SagaRunner(
        own,
        providers.map(({ saga }) => saga),
      ),
    inject: [database, ...sagas],
  };
}

function settingsProvider({ name }: Manifest, type: AnySettingsClass): Provider {
  declareSettings(name, type);
  return {
    provide: type,
    useFactory: ({ settings }: AppConfig) => new type(settings[name] as never),
    inject: [APP_CONFIG],
  };
}

/** A provider for its effect: when Nest makes it, the module is on the list, answers and hears. */
function hosting<Client extends PrismaLike, C extends Contract>(
  manifest: Manifest,
  { database, answers, publishes, hears = [], seed }: ModuleDefinition<Client, C>,
): Provider {
  return {
    provide: `hosted:${manifest.name}`,
    useFactory: (
      hosted: HostedModules,
      registry: ContractRegistry,
      own: ModuleDatabase<PrismaLike>,
      seeder?: Seed,
      answerer?: Implementation<C>,
      ...hearers: object[]
    ) => {
      if (answers && answerer) registry.host(answers.contract, answerer);
      return hosted.add({ manifest, database: own, seed: seeder, publishes, hears: hearers });
    },
    inject: [
      HostedModules,
      ContractRegistry,
      database.type,
      seed ?? { token: 'no seed', optional: true },
      answers?.with ?? { token: 'no contract', optional: true },
      ...hears,
    ],
  };
}
