import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loginRole } from '#platform/database/names';
import { appEnvironment } from '../../scripts/lib/set-up.js';
import { appConfig, createApp } from '../../src/app.js';
import { type Answer, emptyTables, sender, type TestApp } from '../support/test-app.js';
import { testProject } from '../support/test-project.js';
import { asAdmin, terminateSessions } from '../platform/held-lock.js';
import { expectProblem } from '../platform/problems.js';

/** A way to the database that can be cut; only inventory takes it. */
let line: Line;
let nest: NestFastifyApplication;
let send: TestApp['send'];
let customerId: string;

beforeAll(async () => {
  await emptyTables('customers', 'catalog', 'inventory', 'orders');
  const environment = appEnvironment(testProject());
  const url = new URL(environment['INVENTORY_DATABASE_URL'] as string);
  line = await layLine(url.hostname, Number(url.port));
  url.hostname = '127.0.0.1';
  url.port = String(line.port);
  nest = await createApp(appConfig({ ...environment, INVENTORY_DATABASE_URL: url.href }));
  await nest.listen(0, '127.0.0.1');
  send = sender(`http://127.0.0.1:${(nest.getHttpServer().address() as AddressInfo).port}`);

  const customer = await send('POST', '/customers', { name: 'Ada', email: 'ada@example.com' });
  customerId = customer.body.id;
  const price = { amount: 1, currency: 'EUR' };
  await send('POST', '/products', { sku: 'LAMP', name: 'Lamp', price });
  await send('PUT', '/stock/LAMP', { onHand: 5 });
});
afterAll(async () => {
  await nest.close();
  await line.cut();
});

const order = (key: string) =>
  send(
    'POST',
    '/orders',
    { customerId, lines: [{ sku: 'LAMP', quantity: 1 }] },
    { 'idempotency-key': key },
  );

function expectUnavailable(answer: Answer): void {
  expectProblem(answer, 503, 'module.unavailable');
  expect(answer.body.values).toEqual({ module: 'inventory' });
  expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
}

function describeOutage(cut: () => Promise<unknown>, mend: () => Promise<unknown>): void {
  beforeEach(cut);
  afterEach(mend);

  it('refuses what reads it, and what writes to it, with 503 and when to come again', async () => {
    expectUnavailable(await send('GET', '/stock/LAMP'));
    expectUnavailable(await send('PUT', '/stock/LAMP', { onHand: 5 }));
  });

  it('refuses what calls it, naming it', async () => {
    expectUnavailable(await order(crypto.randomUUID()));
  });

  it('leaves the other modules as they are', async () => {
    expect(await send('GET', `/customers/${customerId}`)).toMatchObject({ status: 200 });
    expect(await send('GET', '/products/LAMP')).toMatchObject({ status: 200 });
  });

  it('is alive, not ready, and tells which module is down', async () => {
    expect(await send('GET', '/health/live')).toMatchObject({
      status: 200,
      body: { status: 'up' },
    });
    expect(await send('GET', '/health/ready')).toMatchObject({
      status: 503,
      body: {
        status: 'down',
        modules: { customers: 'up', catalog: 'up', inventory: 'down', orders: 'up' },
      },
    });
  });

  it('is itself again afterwards, and a repeated order is placed once', async () => {
    const key = crypto.randomUUID();
    const before = (await order(key)).status;
    await mend();
    expect(before).toBe(503);
    expect(await send('GET', '/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'up' },
    });
    const reserved = async () => (await send('GET', '/stock/LAMP')).body.reserved;
    const held = await reserved();
    const placed = await order(key);
    expect(placed.status).toBe(201);
    expect(await order(key)).toMatchObject({ status: 201, body: placed.body });
    expect(await reserved()).toBe(held + 1);
  });
}

describe("when a module's database cannot be reached, the app", () => {
  describeOutage(
    () => line.cut(),
    () => line.mend(),
  );
});

describe("when a module's role may not connect any more, the app", () => {
  const change = (what: string) => {
    const { adminUrl, name } = testProject();
    const database = new URL(adminUrl).pathname.slice(1);
    const [verb, preposition] = what.split(' ');
    return asAdmin(
      `${verb} connect on database "${database}" ${preposition} "${loginRole(name, 'inventory')}"`,
    );
  };
  describeOutage(
    async () => {
      await change('revoke from');
      await terminateSessions(['inventory']);
    },
    () => change('grant to'),
  );
});

interface Line {
  readonly port: number;
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

async function layLine(host: string, port: number): Promise<Line> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connect(port, host);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy()).on('close', () => other.destroy());
      socket.pipe(other);
    }
  });
  const listen = (at: number) =>
    new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  await listen(0);
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    cut: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      sockets.clear();
      await closed;
    },
    mend: () => (server.listening ? Promise.resolve() : listen(address.port)),
  };
}
