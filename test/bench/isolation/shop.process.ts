import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { parseAppConfig, processEnvironment } from '#config';
import { httpAdapter } from '#platform/http/adapter';
import { ProblemFilter } from '#platform/http/problem.filter';
import { ValidationPipe } from '#platform/http/validation';
import { PlatformModule } from '#platform/platform.module';
import { readProjectManifests } from '../../../scripts/lib/project.js';
import { appConfig } from '../../../src/app.js';
import { AppModule } from '../../../src/app.module.js';
import { PagesModule } from './pages.module.js';
import { SharedModule } from './shared.module.js';

/** One of the two shops, on the same HTTP server with the same validation. */
const shared = process.argv[2] === 'shared';
const environment = processEnvironment();
const manifests = shared ? [{ name: 'shared', calls: [], hears: [] }] : readProjectManifests();
const config = shared ? parseAppConfig(manifests, environment) : appConfig(environment);

class Shop {}
const app = await NestFactory.create<NestFastifyApplication>(
  {
    module: Shop,
    imports: shared
      ? [PlatformModule.register(config, manifests), SharedModule]
      : [AppModule.register(config, manifests), PagesModule],
  },
  httpAdapter(config),
  { bodyParser: false, logger: ['warn', 'error', 'fatal'] },
);
app.useGlobalFilters(new ProblemFilter());
app.useGlobalPipes(new ValidationPipe());
app.enableShutdownHooks();
await app.init();
process.stdout.write(`${await app.getHttpAdapter().getInstance().listen({ port: 0 })}\n`);
