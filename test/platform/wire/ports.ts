import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Injectable, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { parseAppConfig } from '#config';
import { defineContract, type Implementation, mutation, query } from '#platform/contracts';
import { ContractRegistry } from '#platform/contracts/contract-registry';
import { serveContracts } from '#platform/contracts/contract-server';
import { ModuleDatabase } from '#platform/database';
import { defineModule } from '#platform/define-module';
import { defineError } from '#platform/errors';
import { httpAdapter } from '#platform/http/adapter';
import { InternalListener } from '#platform/http/internal';
import { ProblemFilter } from '#platform/http/problem.filter';
import { PlatformModule } from '#platform/platform.module';
import { underDeadlineOf } from '#platform/wire/deadline';
import { WireGuard } from '#platform/wire/guard';
import { privateKeyOf, publicHalfOf } from '#platform/wire/keys';
import { issueToken, type ModuleToken } from '#platform/wire/module-token';
import { type Fault, Network } from '../../support/network.js';
import { PrismaClient } from '../../support/prisma-client.js';

export class NoSuchBerth extends defineError('harbour.no-such-berth', {
  status: 404,
  title: 'There is no such berth.',
  values: z.strictObject({ name: z.string(), since: z.date() }),
}) {}

export class Undeclared extends defineError('harbour.undeclared', {
  status: 409,
  title: 'Nobody was told of this.',
  values: z.strictObject({ secret: z.string() }),
}) {}

const ship = z.strictObject({ name: z.string().trim(), tags: z.array(z.string()), at: z.date() });

export const harbourContract = defineContract('harbour', {
  look: query({ input: ship, output: ship, errors: [NoSuchBerth] }),
  ask: query({ input: z.strictObject({ about: z.string() }), output: z.string() }),
  moor: mutation({ input: z.strictObject({ name: z.string() }), output: z.number() }),
});

export const weatherContract = defineContract('weather', {
  ask: query({ input: z.strictObject({ about: z.string() }), output: z.string() }),
});

export type Harbour = Implementation<typeof harbourContract>;
export type Weather = Implementation<typeof weatherContract>;

/** The fleet calls the harbour, which calls the weather. */
export const MANIFESTS = [
  { name: 'fleet', calls: ['harbour'], hears: [] },
  { name: 'harbour', calls: ['weather'], hears: [] },
  { name: 'weather', calls: [], hears: [] },
];

type PortName = 'fleet' | 'harbour' | 'weather';

const KEYS = Object.fromEntries(
  MANIFESTS.map(({ name }) => [name, randomBytes(32).toString('base64url')]),
);

/** What a process answers with; each spec puts in what it wants to see. */
export interface Answers {
  harbour?: Partial<Harbour>;
  weather?: Partial<Weather>;
}

/** A process's worth of modules, listening on two free ports of this machine. */
export interface Port {
  readonly nest: NestFastifyApplication;
  readonly publicUrl: string;
  readonly internalUrl: string;
  readonly internalPort: number;
  readonly harbour: ReturnType<ContractRegistry['client']> & Harbour;
  readonly weather: ReturnType<ContractRegistry['client']> & Weather;
  /** A header such as the process sends, for what a token is to say. */
  authorization(token: ModuleToken): Promise<string>;
  /** Runs work for somebody who waits as long as these headers say. */
  waitingFor<T>(headers: Record<string, string>, work: () => T): T;
  close(): Promise<void>;
}

/**
 * Starts an app that hosts one of the modules.
 *
 * @param options.urls of the others, by name
 * @param options.answers what its contract answers
 * @param options.environment what differs, such as a wrong key
 */
export async function startPort(
  name: PortName,
  options: {
    urls?: Record<string, string>;
    answers?: Answers;
    environment?: Record<string, string>;
    databaseUrl?: string;
  } = {},
): Promise<Port> {
  const { urls = {}, answers = {}, environment = {}, databaseUrl } = options;
  const config = parseAppConfig(MANIFESTS, {
    MODULES: name,
    INTERNAL_PORT: '0',
    [`${name.toUpperCase()}_DATABASE_URL`]: databaseUrl ?? 'postgres://nobody@127.0.0.1:1/none',
    ...Object.fromEntries(
      MANIFESTS.flatMap(({ name: each }) => [
        [`${each.toUpperCase()}_URL`, urls[each] ?? 'http://127.0.0.1:1'],
        [`${each.toUpperCase()}_PRIVATE_KEY`, KEYS[each]],
        [`${each.toUpperCase()}_PUBLIC_KEY`, publicHalfOf(KEYS[each] as string)],
      ]),
    ),
    ...environment,
  });
  const imports = [PlatformModule.register(config, MANIFESTS), portModule(name, answers)];
  const nest = await NestFactory.create<NestFastifyApplication>(
    { module: class Program {}, imports },
    httpAdapter(config),
    { bodyParser: false, logger: false, abortOnError: false },
  );
  nest.useGlobalFilters(new ProblemFilter());
  const server = nest.getHttpAdapter().getInstance();
  const listener = new InternalListener(server, 30_000);
  const registry = nest.get(ContractRegistry);
  serveContracts(server, registry, nest.get(WireGuard));
  await nest.listen(0, '127.0.0.1');
  const port = await listener.listen({ host: '127.0.0.1', port: 0 });
  const { port: publicPort } = nest.getHttpServer().address() as AddressInfo;
  return {
    nest,
    publicUrl: `http://127.0.0.1:${publicPort}`,
    internalUrl: `http://127.0.0.1:${port}`,
    internalPort: port,
    harbour: registry.client(harbourContract, name) as never,
    weather: registry.client(weatherContract, name) as never,
    authorization: async (token) =>
      `Bearer ${await issueToken(privateKeyOf(KEYS[token.caller] as string), token)}`,
    waitingFor: underDeadlineOf,
    close: () => nest.close(),
  };
}

function portModule(name: PortName, answers: Answers): Type {
  @Injectable()
  class PortDatabase extends ModuleDatabase<PrismaClient> {}
  const contracts = { harbour: harbourContract, weather: weatherContract };
  const contract = name === 'fleet' ? undefined : contracts[name];
  /** Looks for the answer at each call, so that a spec may change it. */
  class Answerer {}
  for (const procedure of Object.keys(contract?.procedures ?? {})) {
    Object.assign(Answerer.prototype, {
      [procedure]: (input: never) =>
        (answers[name as 'harbour'] as Record<string, (input: never) => unknown>)[procedure]?.(
          input,
        ),
    });
  }
  const manifest = MANIFESTS.find((each) => each.name === name) as (typeof MANIFESTS)[number];
  const definition = {
    database: { type: PortDatabase, client: PrismaClient },
    ...(contract && { answers: { contract, with: Answerer } }),
  };
  @Module(defineModule(manifest, definition as never))
  class PortModule {}
  return PortModule;
}

/** A network in front of a process, that counts what is asked of it. */
export class CountingProxy {
  requests = 0;
  faults: Fault[] = [];

  private constructor(private readonly proxy: Network) {
    proxy.fate = () => {
      this.requests += 1;
      return this.faults.shift();
    };
  }

  static async before({ internalPort }: Port): Promise<CountingProxy> {
    const proxy = await Network.open();
    proxy.pointAt(internalPort);
    return new CountingProxy(proxy);
  }

  get url(): string {
    return this.proxy.url;
  }

  get connections(): number {
    return this.proxy.connections;
  }

  close = (): Promise<void> => this.proxy.close();
}
