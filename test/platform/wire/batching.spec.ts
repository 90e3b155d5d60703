import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ModuleUnavailable } from '#platform/errors';
import { currentTraceparent, withTraceparent } from '#platform/tracing/trace-context';
import { sender } from '../../support/sender.js';
import { type Answers, CountingProxy, NoSuchBerth, type Port, startPort } from './ports.js';

const answers: Answers = {};
let harbour: Port;
let proxy: CountingProxy;
let fleet: Port;

beforeAll(async () => {
  harbour = await startPort('harbour', { answers });
  proxy = await CountingProxy.before(harbour);
  fleet = await startPort('fleet', { urls: { harbour: proxy.url } });
});
afterEach(() => {
  answers.harbour = {};
  proxy.requests = 0;
});
afterAll(async () => {
  await Promise.all([fleet.close(), harbour.close()]);
  await proxy.close();
});

const look = (name: string) => fleet.harbour.look({ name, tags: [], at: new Date(7) });
const ask = (about: string) => fleet.harbour.ask({ about });
const names = (count: number) => Array.from({ length: count }, (_, index) => `ship ${index}`);

describe('queries that are asked at the same time', () => {
  it('travel in one request, and each gets its own answer', async () => {
    answers.harbour = { ask: async ({ about }) => about.toUpperCase() };
    const given = await Promise.all(names(50).map(ask));
    expect(given).toEqual(names(50).map((name) => name.toUpperCase()));
    expect(proxy.requests).toBe(1);
  });

  it('travel together though they are of several procedures, and dates stay dates', async () => {
    answers.harbour = { ask: async ({ about }) => about, look: async (input) => input };
    expect(await Promise.all([ask('a'), look('b')])).toEqual([
      'a',
      { name: 'b', tags: [], at: new Date(7) },
    ]);
    expect(proxy.requests).toBe(1);
  });

  it('travel together when each is asked behind something that was there already', async () => {
    answers.harbour = { ask: async ({ about }) => about };
    const behind = async (about: string, steps: number) => {
      for (let step = 0; step < steps; step += 1) await Promise.resolve();
      return ask(about);
    };
    await Promise.all([behind('a', 0), behind('b', 3), behind('c', 9)]);
    expect(proxy.requests).toBe(1);
  });

  it('travel apart when they are parts of different traces, each as a part of its own', async () => {
    answers.harbour = { ask: async () => currentTraceparent() ?? 'none' };
    const traces = ['01', '02', '01', '02'].map((n) => `00-${n.repeat(16)}-${n.repeat(8)}-00`);
    const given = traces.map((each) => withTraceparent(each, () => ask('the trace')));
    expect(await Promise.all(given)).toEqual(traces);
    expect(proxy.requests).toBe(2);
  });

  it('fail each for itself', async () => {
    const values = { name: 'North', since: new Date(5) };
    answers.harbour = {
      ask: async ({ about }) => about,
      look: async (input) => {
        if (input.name === 'lost') throw new NoSuchBerth(values);
        throw new Error('the password is hunter2');
      },
    };
    const [good, refused, broken] = await Promise.allSettled([ask('a'), look('lost'), look('b')]);
    expect(good).toEqual({ status: 'fulfilled', value: 'a' });
    expect(refused).toMatchObject({ reason: { defined: true, status: 404, data: values } });
    expect(NoSuchBerth.is((refused as PromiseRejectedResult).reason)).toBe(true);
    expect(broken).toMatchObject({ reason: { code: 'INTERNAL_SERVER_ERROR', data: undefined } });
    expect(JSON.stringify(broken)).not.toContain('hunter2');
    expect(proxy.requests).toBe(1);
  });

  it('travel by the hundred when they are more', async () => {
    answers.harbour = { ask: async ({ about }) => about };
    expect(await Promise.all(names(201).map(ask))).toEqual(names(201));
    expect(proxy.requests).toBe(3);
  });

  it('are all unavailable when nobody answers', async () => {
    proxy.faults = ['lost', 'unanswered', 'lost'];
    const settled = await Promise.allSettled([ask('a'), ask('b')]);
    for (const each of settled) {
      expect(ModuleUnavailable.is((each as PromiseRejectedResult).reason)).toBe(true);
    }
    expect(proxy.requests).toBe(3);
  });

  it('travel apart when others wait for them', async () => {
    answers.harbour = { ask: async ({ about }) => about };
    await Promise.all(
      ['20000', '30000'].map((span) =>
        fleet.waitingFor({ 'x-deadline-ms': span }, () => Promise.all([ask('a'), ask('b')])),
      ),
    );
    expect(proxy.requests).toBe(2);
  });
});

describe('mutations', () => {
  it('travel one by one, however many are asked for', async () => {
    answers.harbour = { moor: async () => 1 };
    await Promise.all(names(3).map((name) => fleet.harbour.moor({ name, key: name })));
    expect(proxy.requests).toBe(3);
  });

  it('are not done as one of many queries, whoever asks for that', async () => {
    let acts = 0;
    answers.harbour = { moor: async () => (acts += 1) };
    const scope = 'harbour.queries';
    const authorization = await fleet.authorization({ caller: 'fleet', callee: 'harbour', scope });
    const query = { procedure: 'moor', input: { name: 'Fram', key: 'k' } };
    const path = '/internal/contracts/harbour/queries';
    const send = sender(harbour.internalUrl);
    const { body } = await send('POST', path, { json: [query] }, { authorization });
    expect(body).toMatchObject({ json: [{ error: { code: 'module.unavailable' } }] });
    expect(acts).toBe(0);
  });
});
