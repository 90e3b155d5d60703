import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { processEnvironment } from '#config';
import { FeedServer } from '#platform/events/feed-server';
import { httpAdapter } from '#platform/http/adapter';
import { InternalListener } from '#platform/http/internal';
import { PlatformModule } from '#platform/platform.module';
import { configured, SourceModule } from './source-and-sink.js';

/** A process that publishes, and that others may read from. */
class Source {}

const { config, manifests } = configured(processEnvironment());
const imports = [PlatformModule.register(config, manifests), SourceModule];
const app = await NestFactory.create<NestFastifyApplication>(
  { module: Source, imports },
  httpAdapter(config),
  { bodyParser: false, logger: ['warn', 'error', 'fatal'] },
);
app.enableShutdownHooks();
const server = app.getHttpAdapter().getInstance();
const listener = new InternalListener(server, 30_000);
app.get(FeedServer).serve(server);
await app.listen(0, '127.0.0.1');
const port = await listener.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`http://127.0.0.1:${port}\n`);
