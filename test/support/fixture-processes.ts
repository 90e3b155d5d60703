import type { AddressInfo } from 'node:net';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type AppConfig, type Environment, parseAppConfig } from '#config';
import { ContractRegistry } from '#platform/contracts/contract-registry';
import { serveContracts } from '#platform/contracts/contract-server';
import { manifestOf } from '#platform/define-module';
import { FeedServer } from '#platform/events/feed-server';
import { httpAdapter } from '#platform/http/adapter';
import { InternalListener } from '#platform/http/internal';
import { ProblemFilter } from '#platform/http/problem.filter';
import { ValidationPipe } from '#platform/http/validation';
import { PlatformModule } from '#platform/platform.module';
import { WireGuard } from '#platform/wire/guard';
import { appEnvironment } from '../../scripts/lib/set-up.js';
import { FixtureApp, type FixtureProject } from './fixture-project.js';
import type { Network } from './network.js';
import { type Send, sender } from './sender.js';
import { type Household, Split } from './split.js';

/** An app that hosts some of the fixture modules, as a process of its own would. */
export class FixtureProcess extends FixtureApp {
  readonly send: Send;
  /** Through the internal listener. */
  readonly sendInternally: Send;

  constructor(
    nest: NestFastifyApplication,
    readonly url: string,
    readonly internalUrl: string,
  ) {
    super(nest);
    this.send = sender(url);
    this.sendInternally = sender(internalUrl);
  }
}

/** One program of fixture modules, in as many apps as a spec likes. */
export class FixtureProcesses {
  private constructor(
    private readonly all: readonly Type[],
    private readonly split: Split,
  ) {}

  static async of(...all: Type[]): Promise<FixtureProcesses> {
    return new FixtureProcesses(all, await Split.among(all.map((type) => [nameOf(type)])));
  }

  /** The network in front of whoever hosts a module. */
  networkOf(module: string): Network {
    return this.householdOf(module).network;
  }

  /** What a process is told that hosts a module, and no other. */
  environmentOf(module: string): Environment {
    return this.split.environmentOf(this.householdOf(module));
  }

  /**
   * Starts an app; from now on, its modules are found there.
   *
   * @param project whose databases it uses
   */
  async start(project: FixtureProject, ...hosted: Type[]): Promise<FixtureProcess> {
    const modules = hosted.map(nameOf);
    const config = parseAppConfig(this.all.map(manifestOf), {
      ...this.split.environmentOf({ modules, network: this.networkOf(modules[0] as string) }),
      ...appEnvironment(project.project),
    });
    const nest = await this.create(config, hosted);
    const listener = new InternalListener(nest.getHttpAdapter().getInstance(), 30_000);
    await nest.listen(0, '127.0.0.1');
    const { port } = nest.getHttpServer().address() as AddressInfo;
    const internalPort = await listener.listen({ host: '127.0.0.1', port: 0 });
    for (const module of modules) this.networkOf(module).pointAt(internalPort);
    return new FixtureProcess(nest, urlOf(port), urlOf(internalPort));
  }

  close(): Promise<void> {
    return this.split.close();
  }

  private async create(config: AppConfig, hosted: Type[]): Promise<NestFastifyApplication> {
    const platform = PlatformModule.register(config, this.all.map(manifestOf));
    const nest = await NestFactory.create<NestFastifyApplication>(
      { module: class Program {}, imports: [platform, ...hosted] },
      httpAdapter(config),
      { abortOnError: false, logger: false, bodyParser: false },
    );
    nest.useGlobalFilters(new ProblemFilter());
    nest.useGlobalPipes(new ValidationPipe());
    const server = nest.getHttpAdapter().getInstance();
    serveContracts(server, nest.get(ContractRegistry), nest.get(WireGuard));
    nest.get(FeedServer).serve(server);
    return nest;
  }

  private householdOf(module: string): Household {
    return this.split.households.find(({ modules }) => modules.includes(module)) as Household;
  }
}

const nameOf = (type: Type) => manifestOf(type).name;
const urlOf = (port: number) => `http://127.0.0.1:${port}`;
