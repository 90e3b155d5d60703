import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { processEnvironment } from '#config';
import { ContractRegistry } from '#platform/contracts/contract-registry';
import { serveContracts } from '#platform/contracts/contract-server';
import { httpAdapter } from '#platform/http/adapter';
import { InternalListener } from '#platform/http/internal';
import { WireGuard } from '#platform/wire/guard';
import { greeter, greetingContract, placed } from './greeting.js';

/** A process that answers the greeting, on the server that the app has too. */
@Module({})
class Host {}

const { config, placement } = placed(processEnvironment());
const app = await NestFactory.create<NestFastifyApplication>(Host, httpAdapter(config), {
  bodyParser: false,
  logger: ['warn', 'error', 'fatal'],
});
app.enableShutdownHooks();
const registry = new ContractRegistry();
registry.host(greetingContract, greeter);
const server = app.getHttpAdapter().getInstance();
const listener = new InternalListener(server, 30_000);
serveContracts(server, registry, new WireGuard(config, placement));
await app.listen(0, '127.0.0.1');
const port = await listener.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`http://127.0.0.1:${port}\n`);
