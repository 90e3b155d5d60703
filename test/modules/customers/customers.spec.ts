import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { expectFaults, expectProblem } from '../../platform/problems.js';
import { emptyTables, startTestApp, type TestApp } from '../../support/test-app.js';
import { readPages } from '../paging.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(() => emptyTables('customers'));

const register = (change: object = {}) =>
  app.send('POST', '/customers', { name: 'Ada Lovelace', email: 'ada@example.com', ...change });

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('registering a customer', () => {
  it('answers 201 with the customer, who can be read from then on', async () => {
    const made = await register();
    expect(made).toMatchObject({
      status: 201,
      body: {
        id: expect.stringMatching(UUID_V7),
        name: 'Ada Lovelace',
        email: 'ada@example.com',
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      },
    });
    const read = await app.send('GET', `/customers/${made.body.id}`);
    expect(read).toMatchObject({ status: 200, body: made.body });
    const shouted = await app.send('GET', `/customers/${made.body.id.toUpperCase()}`);
    expect(shouted).toMatchObject({ status: 200, body: made.body });
  });

  it('trims the name, and keeps letters of every script', async () => {
    const made = await register({ name: '  Žofie 李 🛟 ', email: ' Zofie@Example.COM ' });
    expect(made.body).toMatchObject({ name: 'Žofie 李 🛟', email: 'zofie@example.com' });
  });

  it('takes text for text, whatever SQL or HTML it spells', async () => {
    const name = `'); drop table customers; -- <script>`;
    expect((await register({ name })).body.name).toBe(name);
    expect((await app.send('GET', '/customers')).body.items).toMatchObject([{ name }]);
  });

  it('refuses an address that is taken, in whatever case it is spelled', async () => {
    await register();
    const again = await register({ name: 'Another', email: ' ADA@Example.com' });
    expectProblem(again, 409, 'customers.email-taken');
    expect(again.body.values).toEqual({ email: 'ada@example.com' });
    expect((await app.send('GET', '/customers')).body.items).toHaveLength(1);
  });

  it('registers an address once when 20 requests ask for it at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        register({ email: index % 2 ? 'ada@example.com' : 'ADA@EXAMPLE.COM' }),
      ),
    );
    const [made, ...refused] = answers.sort((one, other) => one.status - other.status);
    expect(made?.status).toBe(201);
    for (const answer of refused) expectProblem(answer, 409, 'customers.email-taken');
    expect((await app.send('GET', '/customers')).body.items).toEqual([made?.body]);
  });

  it.each([
    ['no name', { name: undefined }, ['name']],
    ['a name of spaces', { name: ' \t ' }, ['name']],
    ['a name of 201 letters', { name: 'x'.repeat(201) }, ['name']],
    ['NUL in the name', { name: 'a\0b' }, ['name']],
    ['a line break in the name', { name: 'a\nb' }, ['name']],
    ['an escape sequence in the name', { name: 'a\x1b[2Jb' }, ['name']],
    ['a number for a name', { name: 1 }, ['name']],
    ['null for a name', { name: null }, ['name']],
    ['an object for a name', { name: { toString: 'x' } }, ['name']],
    ['an address without a host', { email: 'ada' }, ['email']],
    ['an address of 300 letters', { email: `${'x'.repeat(300)}@example.com` }, ['email']],
    ['NUL in the address', { email: 'a\0@example.com' }, ['email']],
    ['a list of addresses', { email: ['ada@example.com'] }, ['email']],
    ['an id of its own', { id: crypto.randomUUID() }, ['']],
    ['two faults', { name: '', email: '' }, ['name', 'email']],
  ])('refuses %s', async (_case, change, paths) => {
    expectFaults(await register(change), ...paths);
    expect((await app.send('GET', '/customers')).body.items).toEqual([]);
  });
});

describe('correcting a customer', () => {
  it('changes what is named and leaves the rest', async () => {
    const { body } = await register();
    const path = `/customers/${body.id}`;
    const renamed = await app.send('PATCH', path, { name: 'Ada King' });
    expect(renamed).toMatchObject({ status: 200, body: { ...body, name: 'Ada King' } });
    const moved = await app.send('PATCH', path, { email: 'King@example.com' });
    expect(moved.body).toEqual({ ...body, name: 'Ada King', email: 'king@example.com' });
    expect((await app.send('GET', path)).body).toEqual(moved.body);
  });

  it("takes the customer's own address again, and refuses another's", async () => {
    const { body } = await register();
    await register({ email: 'grace@example.com' });
    const path = `/customers/${body.id}`;
    expect(await app.send('PATCH', path, { email: 'ADA@example.com' })).toMatchObject({
      status: 200,
      body,
    });
    const refused = await app.send('PATCH', path, { name: 'New', email: 'GRACE@example.com' });
    expectProblem(refused, 409, 'customers.email-taken');
    expect((await app.send('GET', path)).body).toEqual(body);
  });

  it.each([
    ['nothing', {}, ['']],
    ['a field that there is not', { nickname: 'x' }, ['']],
    ['an empty name', { name: '' }, ['name']],
    ['null', { email: null }, ['email']],
  ])('refuses %s', async (_case, patch, paths) => {
    const { body } = await register();
    expectFaults(await app.send('PATCH', `/customers/${body.id}`, patch), ...paths);
    expect((await app.send('GET', `/customers/${body.id}`)).body).toEqual(body);
  });
});

describe('a customer who does not exist', () => {
  const id = '0f000000-0000-4000-8000-000000000000';

  it('is not found, and not corrected', async () => {
    for (const answer of [
      await app.send('GET', `/customers/${id}`),
      await app.send('PATCH', `/customers/${id}`, { name: 'Nobody' }),
    ]) {
      expectProblem(answer, 404, 'customers.customer-not-found');
      expect(answer.body.values).toEqual({ id });
    }
  });

  it.each(['1', 'null', `${id}x`, `{${id}}`, id.replaceAll('-', ''), "'", '%00', '..%2f'])(
    'is not looked for under the id %j',
    async (bad) => {
      expectFaults(await app.send('GET', `/customers/${bad}`), 'id');
    },
  );
});

describe('listing customers', () => {
  it('gives every customer once, over pages that come to an end', async () => {
    await Promise.all(
      Array.from({ length: 21 }, (_, index) => register({ email: `${index}@example.com` })),
    );
    const pages = await readPages<{ id: string }>(app, '/customers?limit=5');
    expect(pages.map((page) => page.length)).toEqual([5, 5, 5, 5, 1]);
    const ids = pages.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(21);
    expect(ids).toEqual([...ids].sort());
    expect((await readPages(app, '/customers?limit=7')).map((page) => page.length)).toEqual([
      7, 7, 7,
    ]);
    expect((await app.send('GET', '/customers')).body.items).toHaveLength(20);
    expect((await app.send('GET', '/customers?limit=100')).body).toMatchObject({ next: null });
  });

  it('is empty when nobody is registered, and behind the last one', async () => {
    const nothing = { items: [], next: null };
    expect((await app.send('GET', '/customers')).body).toEqual(nothing);
    const { body } = await register();
    expect((await app.send('GET', `/customers?after=${body.id}`)).body).toEqual(nothing);
  });
});
