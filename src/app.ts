import { lookup } from 'node:dns/promises';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { ConsoleLogger } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type AppConfig, type Environment, parseAppConfig } from '#config';
import { checkBeforeStart } from '#platform/database/start-check';
import { HostedModules } from '#platform/hosted-modules';
import { httpAdapter } from '#platform/http/adapter';
import { serveApiDocs } from '#platform/http/api-docs';
import { ProblemFilter } from '#platform/http/problem.filter';
import { ValidationPipe } from '#platform/http/validation';
import { readManifests } from '#platform/manifest';
import { declaredSettings } from '#platform/settings';
import { PlatformModule } from '#platform/platform.module';
import { checkWiring } from '#platform/wiring-check';
import { AppModule } from './app.module.js';

const modulesFolder = fileURLToPath(new URL('modules', import.meta.url));
const prismaFolder = fileURLToPath(new URL('../prisma', import.meta.url));

/** The app's configuration, for the modules that it hosts. */
export const appConfig = (environment: Environment): AppConfig =>
  parseAppConfig(
    readManifests(modulesFolder).map(({ name }) => name),
    environment,
    declaredSettings(),
  );

/**
 * Wires the app and checks that it may start; it does not listen yet.
 *
 * @throws {StartRefused} when a module is wired to another one, a role reaches too far, or a
 *   module's migrations are not in order
 */
export async function createApp(config: AppConfig): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(config),
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
  serveApiDocs(app, 'Bulkhead');
  try {
    checkWiring(app.get(ModulesContainer), [AppModule, PlatformModule]);
    await checkBeforeStart(app.get(HostedModules).inCallOrder(), prismaFolder);
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;
}

/** Starts listening, and says where. */
export async function listen(app: NestFastifyApplication, config: AppConfig): Promise<void> {
  await app.init();
  // One address: where a name has two, Fastify would not wait for the second one's requests at the
  // end. And Fastify's own listen, since Nest's would log a taken port with a stack.
  const { address } = await lookup(config.host);
  await app.getHttpAdapter().getInstance().listen({ port: config.port, host: address });
  const { port } = app.getHttpServer().address() as AddressInfo;
  process.stdout.write(
    `Bulkhead is ready on http://${config.host === '127.0.0.1' ? 'localhost' : config.host}:${port}, and its API docs on /docs\n`,
  );
}
