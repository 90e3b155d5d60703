import type { ModuleMetadata, Provider, Type } from '@nestjs/common';
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
import { HostedModules, type Seed } from './hosted-modules.js';
import type { Manifest } from './manifest.js';
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
  /** The contract it answers, and the provider that does. */
  readonly answers?: { readonly contract: C; readonly with: Type<Implementation<C>> };
  readonly seed?: Type<Seed>;
}

/**
 * Turns a manifest and a definition into Nest metadata: the module's own database, and a client
 * of exactly the contracts that its manifest's `calls` declares.
 *
 * @throws {UndeclaredContractError} when a class asks for another contract
 */
export function defineModule<Client extends PrismaLike, C extends Contract>(
  manifest: Manifest,
  definition: ModuleDefinition<Client, C>,
): ModuleMetadata {
  const { controllers = [], answers, seed } = definition;
  const own = [
    ...(definition.providers ?? []),
    ...(answers ? [answers.with] : []),
    ...(seed ? [seed] : []),
  ];
  const providers: Provider[] = [
    ...new Set(own),
    ...contractClients(manifest, [...controllers, ...own]),
    databaseProvider(manifest, definition.database),
    hosting(manifest, definition),
  ];
  for (const provider of providers) if ('useFactory' in provider) joining.add(provider.useFactory);
  return { controllers, providers };
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
    useFactory: ({ databaseUrls, poolSize }: AppConfig) =>
      new type({ module: name, url: databaseUrls[name] ?? '', poolSize }, client),
    inject: [APP_CONFIG],
  };
}

/** A provider for its effect: when Nest makes it, the module is on the list and answers. */
function hosting<Client extends PrismaLike, C extends Contract>(
  manifest: Manifest,
  { database, answers, seed }: ModuleDefinition<Client, C>,
): Provider {
  return {
    provide: `hosted:${manifest.name}`,
    useFactory: (
      hosted: HostedModules,
      registry: ContractRegistry,
      own: ModuleDatabase<PrismaLike>,
      seeder?: Seed,
      answerer?: Implementation<C>,
    ) => {
      if (answers && answerer) registry.host(answers.contract, answerer);
      return hosted.add({ manifest, database: own, seed: seeder });
    },
    inject: [
      HostedModules,
      ContractRegistry,
      database.type,
      seed ?? { token: 'no seed', optional: true },
      answers?.with ?? { token: 'no contract', optional: true },
    ],
  };
}
