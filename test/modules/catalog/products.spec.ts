import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { expectFaults, expectProblem } from '../../platform/problems.js';
import { emptyTables, startTestApp, type TestApp } from '../../support/test-app.js';
import { readPages } from '../paging.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(() => emptyTables('catalog'));

const price = { amount: 8900, currency: 'EUR' };
const offer = (change: object = {}) =>
  app.send('POST', '/products', { sku: 'LAMP', name: 'Brass lamp', price, ...change });

/** With digits as JSON allows them and JSON.stringify does not write them. */
const offerAt = (amount: string) =>
  app.send(
    'POST',
    '/products',
    `{"sku":"LAMP","name":"x","price":{"amount":${amount},"currency":"EUR"}}`,
  );

describe('offering a product', () => {
  it('answers 201 with the product, which can be read from then on', async () => {
    const made = await offer();
    expect(made).toMatchObject({
      status: 201,
      body: { sku: 'LAMP', name: 'Brass lamp', price, createdAt: expect.any(String) },
    });
    const read = await app.send('GET', '/products/LAMP');
    expect(read).toMatchObject({ status: 200, body: made.body });
  });

  it('takes a free product, and one at the highest price', async () => {
    expect((await offerAt('-0')).body.price.amount).toBe(0);
    expect((await offer({ sku: 'DEAR', price: { ...price, amount: 1e9 } })).status).toBe(201);
    expect((await app.send('GET', '/products/DEAR')).body.price.amount).toBe(1_000_000_000);
  });

  it('refuses a SKU that is taken, also when 20 requests ask for it at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => offer()));
    const [made, ...refused] = answers.sort((one, other) => one.status - other.status);
    expect(made?.status).toBe(201);
    for (const answer of refused) {
      expectProblem(answer, 409, 'catalog.sku-taken');
      expect(answer.body.values).toEqual({ sku: 'LAMP' });
    }
  });

  it('tells SKUs of another case apart', async () => {
    await offer();
    expect((await offer({ sku: 'lamp' })).status).toBe(201);
    expectProblem(await app.send('GET', '/products/Lamp'), 404, 'catalog.product-not-found');
  });

  it.each(['1e309', '-1', '1.5', '9007199254740992', '1e9999', '1000000001', '"1"', 'null', '[]'])(
    'refuses the amount %s',
    async (amount) => {
      expectFaults(await offerAt(amount), 'price.amount');
    },
  );

  it.each([
    ['an empty SKU', { sku: '' }, ['sku']],
    ['a SKU of 65 letters', { sku: 'x'.repeat(65) }, ['sku']],
    ['a path for a SKU', { sku: '../LAMP' }, ['sku']],
    ['a SKU with a line break', { sku: 'LAMP\n' }, ['sku']],
    ['a SKU that looks like an option', { sku: '-LAMP' }, ['sku']],
    ['a currency that is none', { price: { amount: 1, currency: 'eur' } }, ['price.currency']],
    ['a price without a currency', { price: { amount: 1 } }, ['price.currency']],
    ['a price with a field too many', { price: { ...price, vat: 19 } }, ['price']],
    ['a number for a price', { price: 1 }, ['price']],
    ['a name of 201 letters', { name: 'x'.repeat(201) }, ['name']],
  ])('refuses %s', async (_case, change, paths) => {
    expectFaults(await offer(change), ...paths);
  });
});

describe('correcting a product', () => {
  it('changes what is named and leaves the rest', async () => {
    const { body } = await offer();
    const renamed = await app.send('PATCH', '/products/LAMP', { name: 'Cabin lamp' });
    expect(renamed).toMatchObject({ status: 200, body: { ...body, name: 'Cabin lamp' } });
    const dearer = { amount: 9900, currency: 'USD' };
    const repriced = await app.send('PATCH', '/products/LAMP', { price: dearer });
    expect(repriced.body).toEqual({ ...body, name: 'Cabin lamp', price: dearer });
    expect((await app.send('GET', '/products/LAMP')).body).toEqual(repriced.body);
  });

  it.each([
    ['nothing', {}, ['']],
    ['another SKU', { sku: 'ROPE' }, ['']],
    ['half a price', { price: { amount: 1 } }, ['price.currency']],
  ])('refuses %s', async (_case, patch, paths) => {
    const { body } = await offer();
    const answer = await app.send('PATCH', '/products/LAMP', patch);
    expectFaults(answer, ...paths);
    expect((await app.send('GET', '/products/LAMP')).body).toEqual(body);
  });

  it('answers 404 when there is no such product', async () => {
    for (const answer of [
      await app.send('GET', '/products/NONE'),
      await app.send('PATCH', '/products/NONE', { name: 'x' }),
    ]) {
      expectProblem(answer, 404, 'catalog.product-not-found');
      expect(answer.body.values).toEqual({ sku: 'NONE' });
    }
  });

  it.each(['%00', '-x', 'a%20b', 'a%2fb', 'x'.repeat(65), '%F0%9F%9B%9F'])(
    'refuses the SKU %j in the address',
    async (bad) => {
      expectFaults(await app.send('GET', `/products/${bad}`), 'sku');
    },
  );
});

describe('listing products', () => {
  it('gives every product once, whatever the database thinks of the order of letters', async () => {
    const skus = ['a', 'A', 'a-1', 'a.1', 'a_1', 'A-1', 'B', 'b', '1', '10', '2', 'a1', 'Z', 'z'];
    await Promise.all(skus.map((sku) => offer({ sku })));
    for (const limit of [1, 3, 14, 100]) {
      const pages = await readPages<{ sku: string }>(app, `/products?limit=${limit}`);
      expect(
        pages
          .flat()
          .map(({ sku }) => sku)
          .sort(),
      ).toEqual([...skus].sort());
      expect(pages).toHaveLength(Math.ceil(skus.length / limit));
    }
  });

  it('goes on behind a product that is not there', async () => {
    await offer({ sku: 'B' });
    expect((await app.send('GET', '/products?after=A')).body.items).toMatchObject([{ sku: 'B' }]);
    expect((await app.send('GET', '/products?after=C')).body).toEqual({ items: [], next: null });
  });

  it('refuses an "after" that can be no SKU', async () => {
    expectFaults(await app.send('GET', '/products?after=%00'), 'after');
  });
});
