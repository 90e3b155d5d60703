import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type AppConfig, type Environment, parseAppConfig } from '#config';
import { checkBeforeStart } from '#platform/database/start-check';
import { HostedModules } from '#platform/hosted-modules';
import { httpAdapter } from '#platform/http/adapter';
import { serveApiDocs } from '#platform/http/api-docs';
import { ProblemFilter } from '#platform/http/problem.filter';
import { validationPipe } from '#platform/http/validation';
import { readManifests } from '#platform/manifest';
import { AppModule } from './app.module.js';

const modulesFolder = fileURLToPath(new URL('modules', import.meta.url));
const prismaFolder = fileURLToPath(new URL('../prisma', import.meta.url));

/** The app's configuration, for the modules that it hosts. */
export const appConfig = (environment: Environment): AppConfig =>
  parseAppConfig(
    readManifests(modulesFolder).map(({ name }) => name),
    environment,
  );

/**
 * Wires the app and checks that it may start; it does not listen yet.
 *
 * @throws {StartRefused} when a role reaches too far, or a module's migrations are not in order
 */
export async function createApp(config: AppConfig): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(config),
    httpAdapter(config),
    { abortOnError: false, logger: ['log', 'warn', 'error', 'fatal'] },
  );
  app.useGlobalFilters(new ProblemFilter());
  app.useGlobalPipes(validationPipe());
  app.enableShutdownHooks();
  serveApiDocs(app, 'Bulkhead');
  await checkBeforeStart(app.get(HostedModules).inCallOrder(), prismaFolder).catch(
    async (error: unknown) => {
      await app.close();
      throw error;
    },
  );
  return app;
}

/** Starts listening. @throws {PortTaken} */
export async function listen(app: NestFastifyApplication, config: AppConfig): Promise<void> {
  await app.listen(config.port, config.host);
  new Logger('app').log(`ready on ${await app.getUrl()}`);
}
