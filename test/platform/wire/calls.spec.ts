import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { KeyReused, ModuleUnavailable } from '#platform/errors';
import { runInsideTransaction } from '#platform/database/open-transaction';
import { timeLeft } from '#platform/wire/deadline';
import { publicHalfOf } from '#platform/wire/keys';
import { sender } from '../../support/sender.js';
import { waitFor } from '../../support/wait-for.js';
import { expectProblem } from '../problems.js';
import { type Answers, NoSuchBerth, type Port, startPort, Undeclared } from './ports.js';

const answers: Answers = {};
let fleet: Port;
let harbour: Port;
let weather: Port;

beforeAll(async () => {
  weather = await startPort('weather', { answers });
  harbour = await startPort('harbour', { answers, urls: { weather: weather.internalUrl } });
  fleet = await startPort('fleet', { urls: { harbour: harbour.internalUrl } });
});
afterEach(() => {
  delete answers.harbour;
  delete answers.weather;
});
afterAll(() => Promise.all([fleet, harbour, weather].map((port) => port.close())));

const ship = () => ({ name: ' Fram ', tags: ['wood'], at: new Date(1_000) });
const failureOf = (call: Promise<unknown>) => call.then(String, (error: unknown) => error);

describe('a call of a contract in another process', () => {
  it('carries values as they are, dates too, parsed by the schema', async () => {
    const seen: unknown[] = [];
    answers.harbour = {
      look: async (input) => {
        seen.push(input);
        return { ...input, at: new Date(input.at.getTime() + 1) };
      },
    };
    expect(await fleet.harbour.look(ship())).toEqual({ ...parsed(), at: new Date(1_001) });
    expect(seen).toEqual([parsed()]);
  });

  const parsed = () => ({ ...ship(), name: 'Fram' });

  it('gives the errors that the contract declares, with code, status and values', async () => {
    const values = { name: 'North', since: new Date(5) };
    answers.harbour = { look: () => Promise.reject(new NoSuchBerth(values)) };
    const error = await failureOf(fleet.harbour.look(ship()));
    expect(NoSuchBerth.is(error)).toBe(true);
    expect(KeyReused.is(error)).toBe(false);
    expect(error).toMatchObject({
      defined: true,
      status: 404,
      message: 'There is no such berth.',
      data: values,
    });
  });

  it('gives a reused key as the same coded error', async () => {
    answers.harbour = { moor: () => Promise.reject(new KeyReused({ key: 'k' })) };
    const error = await failureOf(fleet.harbour.moor({ name: 'Fram', key: 'k' }));
    expect(KeyReused.is(error)).toBe(true);
    expect(error).toMatchObject({ status: 422, data: { key: 'k' } });
  });

  it.each([
    ['that nobody foresaw', () => new Error('the password is hunter2')],
    ['that the contract does not declare', () => new Undeclared({ secret: 'hunter2' })],
    ['with other values than declared', () => new NoSuchBerth({ nom: 'hunter2' } as never)],
  ])('gives of an error %s nothing but that it happened', async (_which, make) => {
    answers.harbour = { look: () => Promise.reject(make()) };
    const error = await failureOf(fleet.harbour.look(ship()));
    expect(error).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      defined: false,
      status: 500,
      data: undefined,
    });
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });

  it('is refused at the wall for an input with a field too many, and does not arrive', async () => {
    let arrived = false;
    answers.harbour = {
      look: async (input) => {
        arrived = true;
        return input;
      },
    };
    const call = fleet.harbour.look({ ...ship(), extra: 1 } as never);
    expect(await failureOf(call)).toMatchObject({ code: 'BAD_REQUEST', defined: false });
    expect(arrived).toBe(false);
  });

  it('is refused at the wall for an output that the contract does not promise', async () => {
    answers.harbour = { look: async (input) => ({ ...input, secret: 'hunter2' }) };
    const error = await failureOf(fleet.harbour.look(ship()));
    expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', data: undefined });
  });

  it('passes on that a module further away is not available, and says which', async () => {
    let calls = 0;
    answers.harbour = {
      ask: () => {
        calls += 1;
        return Promise.reject(new ModuleUnavailable({ module: 'weather' }));
      },
    };
    const error = await failureOf(fleet.harbour.ask({ about: 'the wind' }));
    expect(error).toMatchObject({ code: 'module.unavailable', data: { module: 'weather' } });
    // That is an answer: each process on the way would multiply the attempts otherwise.
    expect(calls).toBe(1);
  });

  it('is refused inside a transaction, before anything is sent', async () => {
    let arrived = false;
    answers.harbour = { ask: async () => String((arrived = true)) };
    const call = runInsideTransaction('fleet', () => fleet.harbour.ask({ about: 'x' }));
    await expect(call).rejects.toThrow('"fleet" called harbour.ask inside an open transaction');
    expect(arrived).toBe(false);
  });
});

describe('a deadline', () => {
  it('goes along a chain of three processes, and gets shorter', async () => {
    const left: number[] = [];
    answers.harbour = {
      ask: async (input) => {
        left.push(timeLeft());
        return harbour.weather.ask(input);
      },
    };
    answers.weather = {
      ask: async () => {
        left.push(timeLeft());
        return 'fair';
      },
    };
    expect(await fleet.harbour.ask({ about: 'the wind' })).toBe('fair');
    const [first = 0, second = 0] = left;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThanOrEqual(5_000);
    expect(second).toBeGreaterThan(0);
    expect(second).toBeLessThan(first);
  });

  it('that has passed makes a call fail without being sent', async () => {
    let arrived = false;
    answers.weather = { ask: async () => String((arrived = true)) };
    let inner: unknown;
    answers.harbour = {
      ask: async (input) => {
        await waitFor(() => timeLeft() < 0);
        inner = await failureOf(harbour.weather.ask(input));
        return 'too late';
      },
    };
    const call = await asked('harbour', 'ask', { about: 'x' }, { 'x-deadline-ms': '30' });
    expect(ModuleUnavailable.is(inner)).toBe(true);
    expect(String((inner as Error).cause)).toContain('no time left');
    expect(call.status).toBe(200);
    expect(arrived).toBe(false);
  });

  it('is none when there is no such header', async () => {
    answers.harbour = { ask: async () => String(timeLeft()) };
    const { body } = await asked('harbour', 'ask', { about: 'x' }, {});
    expect(body).toEqual({ json: 'Infinity' });
  });

  /** A request such as the fleet sends, but with these headers alone. */
  async function asked(
    callee: string,
    procedure: string,
    input: object,
    headers: Record<string, string>,
  ) {
    const scope = `${callee}.${procedure}`;
    const authorization = await fleet.authorization({ caller: 'fleet', callee, scope });
    const path = `/internal/contracts/${callee}/${procedure}`;
    const send = sender(harbour.internalUrl);
    return send('POST', path, { json: input }, { authorization, ...headers });
  }
});

describe('a callee', () => {
  const path = '/internal/contracts/harbour/ask';
  const body = { json: { about: 'x' } };

  it('shows the public nothing of its contracts', async () => {
    const authorization = await fleet.authorization({
      caller: 'fleet',
      callee: 'harbour',
      scope: 'harbour.ask',
    });
    const answer = await sender(harbour.publicUrl)('POST', path, body, { authorization });
    expectProblem(answer, 404, 'http.not-found');
  });

  it('refuses a request without a token, before it reads the body', async () => {
    const send = sender(harbour.internalUrl);
    const headers = { 'content-type': 'application/json' };
    expectProblem(await send('POST', path, '{ not JSON', headers), 401, 'wire.unauthenticated');
  });

  it('refuses a token for another procedure', async () => {
    const scope = 'harbour.moor';
    const authorization = await fleet.authorization({ caller: 'fleet', callee: 'harbour', scope });
    const answer = await sender(harbour.internalUrl)('POST', path, body, { authorization });
    expectProblem(answer, 401, 'wire.unauthenticated');
  });

  it.each(['x\\..\\ask', 'ask%3Fx', 'ask%2Fx', '%61sk'])(
    'answers for nothing but what the token is for, however the address is read: %s',
    async (procedure) => {
      let arrived = false;
      answers.harbour = { ask: async () => String((arrived = true)) };
      const scope = `harbour.${decodeURIComponent(procedure)}`;
      const authorization = await fleet.authorization({
        caller: 'fleet',
        callee: 'harbour',
        scope,
      });
      const status = await post(`/internal/contracts/harbour/${procedure}`, authorization);
      expect([401, 404, 500]).toContain(status);
      expect(arrived).toBe(false);
    },
  );

  /** As it is, where `fetch` would make the address proper. */
  function post(to: string, authorization: string): Promise<number | undefined> {
    const headers = { authorization, 'content-type': 'application/json' };
    const { hostname, port } = new URL(harbour.internalUrl);
    return new Promise((resolve, reject) => {
      request({ hostname, port, method: 'POST', path: to, headers }, (response) => {
        resolve(response.resume().statusCode);
      })
        .on('error', reject)
        .end(JSON.stringify(body));
    });
  }

  it.each(['nothing', 'constructor', '__proto__'])(
    'has no procedure that its contract does not have: %s',
    async (procedure) => {
      const scope = `harbour.${procedure}`;
      const authorization = await fleet.authorization({
        caller: 'fleet',
        callee: 'harbour',
        scope,
      });
      const send = sender(harbour.internalUrl);
      const to = `/internal/contracts/harbour/${procedure}`;
      expectProblem(await send('POST', to, body, { authorization }), 404, 'http.not-found');
    },
  );

  it('is not available to one whose key it does not know, and is asked once', async () => {
    const stranger = await startPort('fleet', {
      urls: { harbour: harbour.internalUrl },
      environment: { FLEET_PRIVATE_KEY: randomBytes(32).toString('base64url') },
    });
    try {
      const error = await failureOf(stranger.harbour.ask({ about: 'x' }));
      expect(error).toMatchObject({ code: 'module.unavailable', data: { module: 'harbour' } });
      expect(String((error as Error).cause)).toContain('401');
    } finally {
      await stranger.close();
    }
  });

  it('is not available when its address is not known', async () => {
    const error = await failureOf(weather.harbour.ask({ about: 'x' }));
    expect(ModuleUnavailable.is(error)).toBe(true);
  });
});

it('a public key is derived from its private one', () => {
  const key = Buffer.from(
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'hex',
  );
  // RFC 8032, section 7.1, test 1.
  expect(Buffer.from(publicHalfOf(key.toString('base64url')), 'base64url').toString('hex')).toBe(
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  );
});
