import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import sql from 'sql-template-tag';
import { answerOnce } from '#platform/contracts';
import type { ModuleDatabase } from '#platform/database';
import { ModuleUnavailable } from '#platform/errors';
import { HostedModules } from '#platform/hosted-modules';
import type { Fault } from '../../support/network.js';
import { FixtureProject } from '../../support/fixture-project.js';
import type { PrismaClient } from '../../support/prisma-client.js';
import { waitFor } from '../../support/wait-for.js';
import { type Answers, CountingProxy, type Harbour, type Port, startPort } from './ports.js';

const failureOf = (call: Promise<unknown>) => call.then(String, (error: unknown) => error);
const ask = (port: Port, about = 'x') => port.harbour.ask({ about });

async function expectUnavailable(call: Promise<unknown>, cause: RegExp): Promise<void> {
  const error = await failureOf(call);
  expect(ModuleUnavailable.is(error)).toBe(true);
  expect(error).toMatchObject({ status: 503, data: { module: 'harbour' } });
  expect(String((error as Error).cause)).toMatch(cause);
}

describe('between a caller and its callee', () => {
  const answers: Answers = {};
  let project: FixtureProject;
  let harbour: Port;
  let proxy: CountingProxy;
  let fleet: Port;

  beforeAll(async () => {
    project = await FixtureProject.open('harbour');
    await project.sql('harbour', 'create table moored (name text)');
    harbour = await startPort('harbour', { answers, databaseUrl: project.url('harbour', 'login') });
    const [hosted] = harbour.nest.get(HostedModules).inCallOrder();
    const database = hosted?.database as ModuleDatabase<PrismaClient>;
    const moor: Harbour['moor'] = ({ key, ...input }) =>
      answerOnce(database, { procedure: 'moor', key, input }, (tx) =>
        tx.$executeRaw(sql`insert into moored values (${input.name})`),
      );
    answers.harbour = { ask: async ({ about }) => about, moor };
  });
  afterAll(async () => {
    await harbour.close();
    await project.close();
  });

  /** How often a ship is moored. */
  async function moored(name: string): Promise<number> {
    return (await project.sql('harbour', 'select from moored where name = $1', [name])).length;
  }

  // A caller of its own for each, since it remembers who did not answer.
  async function withFaults(faults: Fault[], work: () => Promise<void>): Promise<void> {
    proxy = await CountingProxy.before(harbour);
    fleet = await startPort('fleet', { urls: { harbour: proxy.url } });
    proxy.faults = faults;
    try {
      await work();
    } finally {
      await fleet.close();
      await proxy.close();
    }
  }

  it('a connection is kept for the next call', () =>
    withFaults([], async () => {
      for (const about of ['a', 'b', 'c']) expect(await ask(fleet, about)).toBe(about);
      expect(proxy).toMatchObject({ requests: 3, connections: 1 });
    }));

  it.each<[string, Fault]>([
    ['whose connection is reset before it arrives', 'lost'],
    ['whose connection is reset instead of an answer', 'unanswered'],
    ['whose answer is cut short', 'truncated'],
  ])('a call %s is made again', (_what, fault) =>
    withFaults([fault, fault], async () => {
      expect(await ask(fleet)).toBe('x');
      expect(proxy.requests).toBe(3);
    }),
  );

  it('a mutation whose answer is lost acts once', () =>
    withFaults(['unanswered', 'truncated'], async () => {
      expect(await fleet.harbour.moor({ name: 'Fram', key: 'once' })).toBe(1);
      expect(await moored('Fram')).toBe(1);
      expect(proxy.requests).toBe(3);
    }));

  it('a mutation that arrives twice acts once', () =>
    withFaults(['repeated'], async () => {
      expect(await fleet.harbour.moor({ name: 'Gjøa', key: 'twice' })).toBe(1);
      expect(await fleet.harbour.moor({ name: 'Gjøa', key: 'twice' })).toBe(1);
      expect(await moored('Gjøa')).toBe(1);
    }));

  it('an answer that comes twice is not taken for that of the next call', () =>
    withFaults(Array<Fault>(20).fill('doubled'), async () => {
      for (let count = 0; count < 20; count += 1) {
        expect(await ask(fleet, `question ${count}`)).toBe(`question ${count}`);
      }
    }));

  it('a call is given up after the third attempt', () =>
    withFaults(['unanswered', 'lost', 'truncated'], async () => {
      await expectUnavailable(ask(fleet), /hang up|ECONNRESET|Parse|aborted/);
      expect(proxy.requests).toBe(3);
    }));

  it('a callee that does not answer is waited for no longer than the caller may', () =>
    withFaults(['half-open'], async () => {
      const headers = { 'x-deadline-ms': '500' };
      await expectUnavailable(
        fleet.waitingFor(headers, () => ask(fleet)),
        /no answer within|took more than/,
      );
      expect(proxy.requests).toBeLessThanOrEqual(1);
    }));

  it('a callee that does not answer is left alone for a while, and then tried', () =>
    withFaults(Array<Fault>(6).fill('lost'), async () => {
      await expectUnavailable(ask(fleet), /hang up|ECONNRESET/);
      // The fifth in a row opens the circuit, and the third attempt of this call is not made.
      await expectUnavailable(ask(fleet), /circuit/);
      await expectUnavailable(ask(fleet), /circuit/);
      expect(proxy.requests).toBe(5);
      // The first that is let through fails, and nothing is sent for another while.
      await waitFor(async () => (await failureOf(ask(fleet))) && proxy.requests === 6);
      await waitFor(async () => (await ask(fleet)) === 'x');
      expect(proxy.requests).toBe(7);
      expect(await ask(fleet)).toBe('x');
    }));

  it('a refusal counts as an answer, however often it comes', () =>
    withFaults([], async () => {
      const { ask: usual } = answers.harbour as Harbour;
      answers.harbour = { ask: () => Promise.reject(new Error('broken')) };
      for (let count = 0; count < 6; count += 1) {
        expect(await failureOf(ask(fleet))).toMatchObject({ status: 500 });
      }
      expect(proxy.requests).toBe(6);
      answers.harbour.ask = usual;
      expect(await ask(fleet)).toBe('x');
    }));
});

describe('what is not an answer of a contract makes the callee unavailable', () => {
  let respond: (request: IncomingMessage, response: ServerResponse) => void;
  let fleet: Port;
  const server = createServer((request, response) => {
    const id = request.headers['x-request-id'];
    response.setHeader('x-request-id', id ?? '');
    response.setHeader('content-type', 'application/json');
    request.resume().on('end', () => respond(request, response));
  });

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => fleet.close());
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each<[string, number, string, RegExp]>([
    ['no JSON', 200, 'hello', /not valid JSON|Unexpected token/],
    ['half of it', 200, '{"json":"x', /Unterminated|Unexpected end/],
    ['other JSON', 200, '["x"]', /invalid_type/],
    ['an output that the contract does not promise', 200, '{"json":{"x":1}}', /invalid_type/],
    ['an error of somebody else', 404, '{"message":"Not Found"}', /404|invalid/],
    ['a gateway', 502, '<html>', /502/],
    ['nothing, though it went well', 204, '', /JSON/],
  ])('%s', async (_what, status, body, cause) => {
    respond = (_request, response) => {
      if (body.startsWith('<')) response.setHeader('content-type', 'text/html');
      response.writeHead(status).end(body);
    };
    fleet = await started();
    await expectUnavailable(ask(fleet), cause);
  });

  it('the half of an answer, and then the end of its connection', async () => {
    respond = (_request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{"json":"x"}');
      response.socket?.end();
    };
    fleet = await started();
    await expectUnavailable(ask(fleet), /aborted|ECONNRESET/);
  });

  it('the answer to another request', async () => {
    respond = (_request, response) => response.setHeader('x-request-id', 'x').end('{"json":"x"}');
    fleet = await started();
    await expectUnavailable(ask(fleet), /not to this request/);
  });

  it('an answer without the id of its request', async () => {
    respond = (_request, response) => {
      response.removeHeader('x-request-id');
      response.end('{"json":"x"}');
    };
    fleet = await started();
    await expectUnavailable(ask(fleet), /not to this request/);
  });

  it('an answer without end', async () => {
    respond = (_request, response) => void response.write('{"json":"');
    fleet = await started();
    const call = fleet.waitingFor({ 'x-deadline-ms': '500' }, () => ask(fleet));
    await expectUnavailable(call, /no answer within|took more than|aborted/);
  });

  const started = () => {
    const { port } = server.address() as AddressInfo;
    return startPort('fleet', { urls: { harbour: `http://127.0.0.1:${port}` } });
  };
});

it('nobody at the address makes the callee unavailable', async () => {
  const fleet = await startPort('fleet');
  await expectUnavailable(ask(fleet), /ECONNREFUSED/);
  await fleet.close();
});
