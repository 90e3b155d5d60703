// only: inventory, orders
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loginRole } from '#platform/database/names';
import { appConfig, createApp } from '../../src/app.js';
import { type Answer, type Send, sender } from '../support/sender.js';
import { emptyTables } from '../support/test-app.js';
import { Shop, Surroundings } from '../support/shop.js';
import { testEnvironment, testProject } from '../support/test-project.js';
import { asAdmin, terminateSessions } from '../platform/held-lock.js';
import { expectProblem } from '../platform/problems.js';

/** A way to the database that can be cut; only inventory takes it. */
let line: Line;
let nest: NestFastifyApplication;
let send: Send;
let shop: Shop;
let around: Surroundings;
let customerId: string;
let lamp: string;
let sold = 0;

beforeAll(async () => {
  await emptyTables(...testProject().modules);
  around = await Surroundings.set();
  const environment = { ...testEnvironment(), ...around.environment };
  const url = new URL(environment['INVENTORY_DATABASE_URL'] as string);
  line = await layLine(url.hostname, Number(url.port));
  url.hostname = '127.0.0.1';
  url.port = String(line.port);
  nest = await createApp(appConfig({ ...environment, INVENTORY_DATABASE_URL: url.href }));
  await nest.listen(0, '127.0.0.1');
  send = sender(`http://127.0.0.1:${(nest.getHttpServer().address() as AddressInfo).port}`);

  shop = new Shop(send);
  customerId = await shop.customer();
  lamp = await shop.product();
});
afterAll(async () => {
  await nest.close();
  await line.cut();
  await around.close();
});

function expectUnavailable(answer: Answer): void {
  expectProblem(answer, 503, 'module.unavailable');
  expect(answer.body.values).toEqual({ module: 'inventory' });
  expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
}

function describeOutage(cut: () => Promise<unknown>, mend: () => Promise<unknown>): void {
  beforeEach(cut);
  afterEach(mend);

  it('refuses what reads it, and what writes to it, with 503 and when to come again', async () => {
    expectUnavailable(await send('GET', `/stock/${lamp}`));
    expectUnavailable(await send('PUT', `/stock/${lamp}`, { onHand: 5 }));
  });

  it('takes orders all the same, and confirms each once when it is back', async () => {
    const { status, body } = await shop.place(customerId, [{ sku: lamp, quantity: 1 }]);
    expect([status, body.status]).toEqual([201, 'pending']);
    await mend();
    expect((await shop.settled(body.id)).status).toBe('confirmed');
    sold += 1;
    expect(await shop.stock(lamp)).toMatchObject({ reserved: sold });
    expect(await shop.held(body.id)).toEqual({ charges: ['charged'], shipments: ['scheduled'] });
  });

  it('leaves the other modules as they are', async () => {
    expect(await send('GET', `/customers/${customerId}`)).toMatchObject({ status: 200 });
    expect(await send('GET', `/products/${lamp}`)).toMatchObject({ status: 200 });
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
        modules: Object.fromEntries(
          testProject().modules.map((name) => [name, name === 'inventory' ? 'down' : 'up']),
        ),
      },
    });
  });

  it('is itself again afterwards', async () => {
    await mend();
    expect(await send('GET', '/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'up' },
    });
    expect(await send('GET', `/stock/${lamp}`)).toMatchObject({ status: 200 });
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
// only: end
