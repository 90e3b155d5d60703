import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type RequestOptions,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  All,
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  Module,
  Param,
  Post,
  Req,
  Res,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { defineError } from '#platform/errors';
import { KeepsRawBody, rawBodyOf } from '#platform/http';
import { httpAdapter } from '#platform/http/adapter';
import { InternalListener, internalRoutes } from '#platform/http/internal';
import { ProblemFilter } from '#platform/http/problem.filter';
import { ValidationPipe } from '#platform/http/validation';
import { answerElsewhere } from '#platform/placement/elsewhere';
import { Placement } from '#platform/placement/placement';
import { publicRoutesOf } from '#platform/placement/public-routes';
import { type Answer, type Send, sender } from '../../support/sender.js';
import { waitFor } from '../../support/wait-for.js';
import { expectFaults, expectProblem } from '../problems.js';

const LIMIT = 2_048;

class BoatSunk extends defineError('boats.sunk', {
  status: 410,
  title: 'The boat has sunk.',
  values: z.strictObject({ id: z.string() }),
}) {}

const boat = z.strictObject({ name: z.string().min(1) });

@Controller(['boats', 'ships'])
class BoatsController {
  @Get()
  list(@Req() { url, headers }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    void reply.header('set-cookie', ['one=1', 'two=2']).header('x-own', 'yes');
    return { url, headers };
  }

  @Post()
  launch(@Body({ schema: boat }) given: z.infer<typeof boat>) {
    return given;
  }

  @Post('hooks')
  @KeepsRawBody()
  hook(@Req() request: FastifyRequest) {
    return { bytes: rawBodyOf(request).toString('hex') };
  }

  @Delete(':id')
  scrap(@Param('id') id: string, @Body() reason: unknown, @Headers('content-type') type: string) {
    return { id, reason, type };
  }

  @Get(':id')
  sunk(@Param('id') id: string) {
    throw new BoatSunk({ id });
  }
}

@Controller()
class BuoysController {
  @All('buoys')
  any(@Req() { method }: FastifyRequest) {
    return { method };
  }

  @Get(':where/:what')
  anything() {
    return { anything: true };
  }
}

@Module({ controllers: [BoatsController, BuoysController] })
class BoatsModule {}

@Module({})
class Empty {}

/** An app as the real one is set up, with the modules that it thinks are elsewhere. */
async function start(
  type: Type,
  urls: Record<string, string>,
  elsewhere: Map<string, Type>,
  hasInside = true,
) {
  const nest = await NestFactory.create<NestFastifyApplication>(
    type,
    httpAdapter({ bodyLimit: LIMIT }),
    { logger: false, bodyParser: false },
  );
  nest.useGlobalFilters(new ProblemFilter());
  nest.useGlobalPipes(new ValidationPipe());
  const server = nest.getHttpAdapter().getInstance();
  const inside = () => ({ hello: 'neighbour' });
  if (hasInside) internalRoutes(server, (routes) => routes.get('/greeting', inside));
  const routes = [...elsewhere].map(([name, type]) => [name, publicRoutesOf(type)] as const);
  answerElsewhere(server, new Map(routes), new Placement({ modules: [], urls }, []));
  const listener = new InternalListener(server, 30_000);
  await nest.listen(0, '127.0.0.1');
  const { port } = nest.getHttpServer().address() as AddressInfo;
  const internalPort = await listener.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${port}`;
  return { nest, url, send: sender(url), internalUrl: `http://127.0.0.1:${internalPort}` };
}

type App = Awaited<ReturnType<typeof start>>;
const boatsElsewhere = new Map<string, Type>([['boats', BoatsModule]]);

let owner: App;
let front: App;
let send: Send;
const urls: Record<string, string> = {};

beforeAll(async () => {
  owner = await start(BoatsModule, {}, new Map());
  front = await start(Empty, urls, boatsElsewhere);
  urls['boats'] = owner.internalUrl;
  ({ send } = front);
});
afterAll(async () => {
  await front.nest.close();
  await owner.nest.close();
});

describe('the routes of a module', () => {
  it('are known without making it', () => {
    expect(publicRoutesOf(BoatsModule)).toEqual([
      { method: 'GET', url: '/boats' },
      { method: 'GET', url: '/ships' },
      ...['boats', 'ships'].flatMap((name) => [{ method: 'POST', url: `/${name}` }]),
      ...['boats', 'ships'].flatMap((name) => [{ method: 'POST', url: `/${name}/hooks` }]),
      ...['boats', 'ships'].flatMap((name) => [{ method: 'DELETE', url: `/${name}/:id` }]),
      ...['boats', 'ships'].flatMap((name) => [{ method: 'GET', url: `/${name}/:id` }]),
      { method: 'ALL', url: '/buoys' },
      { method: 'GET', url: '/:where/:what' },
    ]);
  });
});

/** Sends what fetch would not. */
async function sendRaw(url: string, options: RequestOptions, ...body: string[]) {
  const sent = httpRequest(url, options);
  for (const part of body) sent.write(part);
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
}

describe('a request to a module that another process hosts', () => {
  it('arrives there with its address and headers, and its answer comes back as it is', async () => {
    const headers = { 'x-colour': 'red', cookie: 'a=b', 'x-request-id': 'mine' };
    const answer = await send('GET', '/ships?colour=red%20&x=%C3%A4', undefined, headers);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ url: '/ships?colour=red%20&x=%C3%A4', headers });
    expect(answer.headers.getSetCookie()).toEqual(['one=1', 'two=2']);
    expect(answer.headers.get('x-own')).toBe('yes');
    expect(answer.headers.get('x-request-id')).toBe('mine');
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  });

  it('says on whose behalf it comes', async () => {
    const { host } = new URL(front.url);
    const plain = await send('GET', '/boats');
    expect(plain.body.headers).toMatchObject({
      host: new URL(owner.internalUrl).host,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': host,
      'x-forwarded-proto': 'http',
      'x-request-id': plain.headers.get('x-request-id'),
      traceparent: expect.stringMatching(/^00-[\da-f]{32}-[\da-f]{16}-00$/),
    });
    const forwarded = {
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-host': 'shop.example',
      'x-forwarded-proto': 'https',
    };
    expect((await send('GET', '/boats', undefined, forwarded)).body.headers).toMatchObject({
      ...forwarded,
      'x-forwarded-for': '192.0.2.1, 127.0.0.1',
    });
  });

  it('leaves behind what concerns its own connection', async () => {
    const headers = { connection: 'close, x-hop', 'x-hop': '1', te: 'trailers', 'keep-alive': 'x' };
    const { headers: arrived } = JSON.parse(
      (await sendRaw(`${front.url}/boats`, { headers })).body,
    );
    for (const name of ['x-hop', 'te', 'keep-alive']) expect(arrived).not.toHaveProperty(name);
  });

  it('is refused there, with the same problem', async () => {
    const refused = await send('GET', '/boats/7', undefined, { 'x-request-id': 'mine' });
    expectProblem(refused, 410, 'boats.sunk');
    expect(refused.body).toMatchObject({ values: { id: '7' }, requestId: 'mine' });
    expectFaults(await send('POST', '/boats', { name: '' }), 'name');
    expectProblem(await send('POST', '/boats', '{'), 400, 'http.malformed-body');
    const type = { 'content-type': 'text/plain' };
    expectProblem(await send('POST', '/boats', 'x', type), 415, 'http.unsupported-media-type');
  });

  it.each([
    ['PUT', '/boats'],
    ['GET', '/boat'],
    ['POST', '/boats/7/8'],
  ])('which no module answers is answered with 404: %s %s', async (method, path) => {
    expectProblem(await send(method, path), 404, 'http.not-found');
  });

  it('of any method reaches a route that takes any', async () => {
    for (const method of ['GET', 'PUT', 'PATCH', 'OPTIONS']) {
      expect((await send(method, '/buoys')).body).toEqual({ method });
    }
  });

  it('for the headers alone gets these', async () => {
    const [head, get] = [
      await fetch(`${front.url}/boats`, { method: 'HEAD' }),
      await send('GET', '/boats'),
    ];
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(100);
  });

  it.each(['{ "name" :  "Frám" }\n', '{"name":"\\u0046ram"}'])(
    'brings every byte of its body: %j',
    async (body) => {
      const hex = Buffer.from(body).toString('hex');
      expect((await send('POST', '/boats/hooks', body)).body).toEqual({ bytes: hex });
    },
  );

  it('is refused when its body is too large for the other process, however it is sent', async () => {
    const body = JSON.stringify({ name: 'x'.repeat(LIMIT) });
    expectProblem(await send('POST', '/boats', body), 413, 'http.body-too-large');
    const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    const chunked = await sendRaw(`${front.url}/boats`, { method: 'POST', headers }, body);
    expect(chunked.status).toBe(413);
  });

  it('may have a body where that is unusual, in one piece or in several', async () => {
    const expected = { id: '7', reason: { old: true }, type: 'application/json' };
    expect((await send('DELETE', '/boats/7', { old: true })).body).toEqual(expected);
    const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    const options = { method: 'DELETE', headers };
    const { body } = await sendRaw(`${front.url}/boats/7`, options, '{"old"', ':true}');
    expect(JSON.parse(body)).toEqual(expected);
  });

  it('has its body taken for nothing else, whatever it says of its headers', async () => {
    const body = 'GET /buoys HTTP/1.1\r\nhost: x\r\n\r\n';
    const headers = {
      'content-type': 'application/json',
      'content-length': JSON.stringify(body).length,
      connection: 'content-length, transfer-encoding',
    };
    const options = { method: 'DELETE', headers };
    const answer = await sendRaw(`${front.url}/boats/7`, options, JSON.stringify(body));
    expect(JSON.parse(answer.body)).toEqual({ id: '7', reason: body, type: 'application/json' });
  });

  it('may have no body where that is unusual', async () => {
    expect((await send('POST', '/boats/hooks')).body).toEqual({ bytes: '' });
  });
});

describe('what is inside', () => {
  it.each(['/internal/greeting', '/%69nternal/greeting'])(
    'is not reached through a process that passes requests on: %s',
    async (path) => {
      expect((await fetch(owner.internalUrl + path)).status).toBe(200);
      expectProblem(await send('GET', path), 404, 'http.not-found');
    },
  );

  it('is not shown to who comes through a process that knows nothing of it', async () => {
    const open = await start(Empty, urls, boatsElsewhere, false);
    expect((await open.send('GET', '/elsewhere/greeting')).body).toEqual({ anything: true });
    expectProblem(await open.send('GET', '/internal/greeting'), 404, 'http.not-found');
    await open.nest.close();
  });

  it.each([
    '/boats/%2e%2e/internal/greeting',
    '/x/../internal/greeting',
    '/x/..%2finternal%2fgreeting',
  ])('is not reached by a path that means another one: %s', async (path) => {
    const { hostname, port } = new URL(front.url);
    const answer = await sendRaw(front.url, { hostname, port, path });
    expect(answer.body).not.toContain('neighbour');
  });
});

describe('a module that nobody answers for', () => {
  const expectUnavailable = (answer: Answer) => {
    expectProblem(answer, 503, 'module.unavailable');
    expect(answer.body.values).toEqual({ module: 'boats' });
    expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  };

  it('is unavailable when its process is not there', async () => {
    const lost = await start(Empty, { boats: 'http://127.0.0.1:9' }, boatsElsewhere);
    expectUnavailable(await lost.send('GET', '/boats'));
    expectUnavailable(await lost.send('POST', '/boats', { name: 'x'.repeat(100_000) }));
    await lost.nest.close();
  });

  it('is unavailable when nobody knows where it runs', async () => {
    const lost = await start(Empty, {}, boatsElsewhere);
    expectUnavailable(await lost.send('GET', '/boats'));
    await lost.nest.close();
  });

  it('is unavailable, and not asked for in a circle, when two processes point at each other', async () => {
    const places: Record<string, string> = {};
    const one = await start(Empty, places, boatsElsewhere);
    const other = await start(Empty, { boats: one.internalUrl }, boatsElsewhere);
    places['boats'] = other.url;
    expectUnavailable(await one.send('GET', '/boats'));
    await one.nest.close();
    await other.nest.close();
  });
});

/** A process that does with each request what a test wants. */
describe('what takes a while', () => {
  let slow: Server;
  let asked: [IncomingMessage, ServerResponse][];
  let passing: App;

  beforeAll(async () => {
    slow = createServer((request, response) => asked.push([request, response]));
    await once(slow.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
    passing = await start(Empty, { boats: url }, boatsElsewhere);
  });
  afterAll(async () => {
    await passing.nest.close();
    slow.closeAllConnections();
    slow.close();
  });
  beforeEach(() => {
    asked = [];
  });

  const arrived = () => waitFor(() => asked[0]);

  it('comes back piece by piece', async () => {
    const answer = fetch(`${passing.url}/boats`);
    const [, response] = await arrived();
    response.write('one');
    const reader = (await answer).body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('one');
    response.end('two');
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('two');
    expect((await reader?.read())?.done).toBe(true);
  });

  it('goes there piece by piece, and may be answered before its end', async () => {
    const sent = httpRequest(`${passing.url}/boats`, { method: 'POST' });
    sent.write('one');
    const [request, response] = await arrived();
    expect(String((await once(request, 'data'))[0])).toBe('one');
    response.write('seen');
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    sent.end('two');
    expect(String((await once(request, 'data'))[0])).toBe('two');
    response.end();
    expect(await text(answer)).toBe('seen');
  });

  it.each(['before it is answered', 'while it is answered'])(
    'is given up there when its client hangs up %s',
    async (when) => {
      const client = new AbortController();
      const answer = fetch(`${passing.url}/boats`, { signal: client.signal });
      answer.catch(() => undefined);
      const [request, response] = await arrived();
      request.on('error', () => undefined);
      const gone = once(response, 'close');
      if (when.startsWith('while')) {
        response.write('one');
        await answer;
      }
      client.abort();
      await gone;
      expect(response.writableFinished).toBe(false);
    },
  );

  it('is given up there when its client stops in the middle of the body', async () => {
    const sent = httpRequest(`${passing.url}/boats`, { method: 'POST' });
    sent.on('error', () => undefined);
    sent.write('one');
    const [request] = await arrived();
    request.resume();
    sent.destroy();
    await expect(once(request, 'end')).rejects.toThrow('aborted');
  });

  it('is cut off when it is cut off there', async () => {
    const answer = fetch(`${passing.url}/boats`);
    const [, response] = await arrived();
    response.writeHead(200, { 'content-length': 6 }).write('one');
    const given = await answer;
    response.destroy();
    await expect(given.text()).rejects.toThrow('terminated');
  });

  it('is unavailable when it breaks off there before there is anything to send', async () => {
    for (const head of [false, true]) {
      const answer = passing.send('GET', '/boats');
      const [, response] = await arrived();
      if (head) response.writeHead(200, { 'content-length': 6 }).flushHeaders();
      response.destroy();
      expectProblem(await answer, 503, 'module.unavailable');
      asked = [];
    }
  });
});
