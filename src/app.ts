import { lookup } from 'node:dns/promises';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { ConsoleLogger } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type AppConfig, type Environment, parseAppConfig } from '#config';
import { serveContracts } from '#platform/contracts/contract-server';
import { ContractRegistry } from '#platform/contracts/contract-registry';
import { checkBeforeStart } from '#platform/database/start-check';
import { FeedServer } from '#platform/events/feed-server';
import { HostedModules } from '#platform/hosted-modules';
import { httpAdapter, REQUEST_TIMEOUT } from '#platform/http/adapter';
import { serveApiDocs } from '#platform/http/api-docs';
import { InternalListener } from '#platform/http/internal';
import { serveMetrics } from '#platform/http/metrics';
import { ProblemFilter } from '#platform/http/problem.filter';
import { ValidationPipe } from '#platform/http/validation';
import { readManifests } from '#platform/manifest';
import { declaredSettings } from '#platform/settings';
import { answerElsewhere } from '#platform/placement/elsewhere';
import { remoteRoutes } from '#platform/placement/public-routes';
import { Placement } from '#platform/placement/placement';
import { PlatformModule } from '#platform/platform.module';
import { WireGuard } from '#platform/wire/guard';
import { checkWiring } from '#platform/wiring-check';
import { AppModule, routesElsewhere } from './app.module.js';

const modulesFolder = fileURLToPath(new URL('modules', import.meta.url));
const prismaFolder = fileURLToPath(new URL('../prisma', import.meta.url));

/** Of all modules, wherever they run. */
const manifests = readManifests(modulesFolder);

/** The app's configuration, for the modules that it hosts. */
export const appConfig = (environment: Environment): AppConfig =>
  parseAppConfig(manifests, environment, declaredSettings());

/** The internal listener of each app, which is made with it and asked to listen later. */
const internalListeners = new WeakMap<NestFastifyApplication, InternalListener>();

/**
 * Wires the app and checks that it may start; it does not listen yet.
 *
 * @throws {StartRefused} when a module is wired to another one, a role reaches too far, or a
 *   module's migrations are not in order
 */
export async function createApp(config: AppConfig): Promise<NestFastifyApplication> {
  const elsewhere = routesElsewhere(config);
  // Before the app, since the logger that is given last is everybody's.
  const whole = elsewhere.size > 0 ? await previewOfAll(config) : undefined;
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(config, manifests),
    httpAdapter(config),
    {
      abortOnError: false,
      // Fastify's own JSON parser; Nest's would accept forms too.
      bodyParser: false,
      logger: new ConsoleLogger({
        logLevels: ['warn', 'error', 'fatal'],
        colors: process.stdout.isTTY,
      }),
    },
  );
  app.useGlobalFilters(new ProblemFilter());
  app.useGlobalPipes(new ValidationPipe());
  app.enableShutdownHooks();
  serveApiDocs(app, 'Bulkhead', whole ?? app);
  const server = app.getHttpAdapter().getInstance();
  if (config.internal) serveMetrics(app);
  internalListeners.set(app, new InternalListener(server, REQUEST_TIMEOUT));
  serveContracts(server, app.get(ContractRegistry), app.get(WireGuard));
  app.get(FeedServer).serve(server);
  const routes = new Map([...elsewhere, ...remoteRoutes(manifests)]);
  answerElsewhere(server, routes, app.get(Placement));
  try {
    checkWiring(app.get(ModulesContainer), [AppModule, PlatformModule]);
    await checkBeforeStart(app.get(HostedModules).inCallOrder(), prismaFolder);
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;
}

/** All modules in one app, of which nothing is made: for the description of their routes. */
function previewOfAll(config: AppConfig): Promise<NestFastifyApplication> {
  const whole = { ...config, modules: manifests.map(({ name }) => name) };
  return NestFactory.create<NestFastifyApplication>(
    AppModule.register(whole, manifests),
    httpAdapter(whole),
    { preview: true, logger: false, abortOnError: false },
  );
}

/**
 * Lets other processes in, when the configuration says where.
 *
 * @returns the port
 */
export async function listenInternally(
  app: NestFastifyApplication,
  { internal }: AppConfig,
): Promise<number | undefined> {
  return internal && internalListeners.get(app)?.listen(internal);
}

/** Starts listening, and says where. */
export async function listen(app: NestFastifyApplication, config: AppConfig): Promise<void> {
  await app.init();
  // One address: where a name has two, Fastify would not wait for the second one's requests at the
  // end. And Fastify's own listen, since Nest's would log a taken port with a stack.
  const { address } = await lookup(config.host);
  await app.getHttpAdapter().getInstance().listen({ port: config.port, host: address });
  const { port } = app.getHttpServer().address() as AddressInfo;
  const internalPort = await listenInternally(app, config);
  const inside = internalPort === undefined ? '' : `; other processes on port ${internalPort}`;
  process.stdout.write(
    `Bulkhead is ready on http://${config.host === '127.0.0.1' ? 'localhost' : config.host}:${port}, and its API docs on /docs${inside}\n`,
  );
}
