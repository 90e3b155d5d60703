import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ModuleUnavailable } from '#platform/errors';
import { httpAdapter } from '#platform/http/adapter';
import { InternalListener, internalRoutes } from '#platform/http/internal';
import { ProblemFilter } from '#platform/http/problem.filter';
import { type Send, sender } from '../../support/sender.js';

@Module({})
class Empty {}

describe('internal routes', () => {
  let app: NestFastifyApplication;
  let send: { public: Send; internal: Send };
  let internalUrl: string;

  beforeAll(async () => {
    app = await NestFactory.create<NestFastifyApplication>(
      Empty,
      httpAdapter({ bodyLimit: 1_024 }),
      { logger: false, bodyParser: false },
    );
    app.useGlobalFilters(new ProblemFilter());
    const server = app.getHttpAdapter().getInstance();
    internalRoutes(server, (routes) => {
      routes.get('/greeting', () => ({ hello: 'neighbour' }));
      routes.get('/away', () => {
        throw new ModuleUnavailable({ module: 'boats' });
      });
      routes.get('/broken', () => {
        throw new Error('a secret');
      });
    });
    const listener = new InternalListener(server, 30_000);
    await app.listen(0, '127.0.0.1');
    const port = await listener.listen({ host: '127.0.0.1', port: 0 });
    internalUrl = `http://127.0.0.1:${port}`;
    const address = app.getHttpServer().address() as AddressInfo;
    send = {
      public: sender(`http://127.0.0.1:${address.port}`),
      internal: sender(internalUrl),
    };
  });
  afterAll(() => app.close());

  it('answer on the internal listener', async () => {
    expect(await send.internal('GET', '/internal/greeting')).toMatchObject({
      status: 200,
      body: { hello: 'neighbour' },
    });
  });

  it.each(['/internal/greeting', '/%69nternal/greeting', '/internal/nothing', '/internal'])(
    'are not there for the public: %s',
    async (path) => {
      expect(await send.public('GET', path)).toMatchObject({
        status: 404,
        body: { code: 'http.not-found', title: 'There is nothing at this address.' },
      });
    },
  );

  it('are told by the socket, not by what a client says of itself', async () => {
    const headers = { host: new URL(internalUrl).host, 'x-forwarded-host': 'internal' };
    expect((await send.public('GET', '/internal/greeting', undefined, headers)).status).toBe(404);
  });

  it('answer errors as problems', async () => {
    const away = await send.internal('GET', '/internal/away');
    expect(away).toMatchObject({ status: 503, body: { code: 'module.unavailable' } });
    expect(away.headers.get('retry-after')).toBe('1');
    const broken = await send.internal('GET', '/internal/broken');
    expect(broken).toMatchObject({ status: 500, body: { code: 'http.internal-error' } });
    expect(JSON.stringify(broken.body)).not.toContain('a secret');
  });
});
