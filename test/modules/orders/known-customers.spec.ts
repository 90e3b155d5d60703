import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asOwner, holdLock } from '../../platform/held-lock.js';
import { expectProblem } from '../../platform/problems.js';
import { OpenShop } from '../../support/shop.js';
import { waitFor } from '../../support/wait-for.js';

let shop: OpenShop;

beforeAll(async () => {
  shop = await OpenShop.open();
});
afterAll(() => shop.close());

const copies = () =>
  asOwner<{ id: string; name: string; email: string }>(
    'orders',
    'select id, name, email from known_customers order by id',
  );

const copyOf = async (id: string) => (await copies()).find((copy) => copy.id === id);

const rename = (id: string, name: string) => shop.send('PATCH', `/customers/${id}`, { name });

describe('the copy of customers that orders keeps', () => {
  it('has a customer soon after the registration, and the new name soon after a renaming', async () => {
    const id = await shop.customer('Ada', 'ada@example.com');
    await waitFor(() => copyOf(id));
    await rename(id, 'Augusta');
    await waitFor(async () => (await copyOf(id))?.name === 'Augusta');
    expect(await copyOf(id)).toEqual({ id, name: 'Augusta', email: 'ada@example.com' });
    const { id: orderId } = await shop.buy(id, [{ sku: await shop.product(), quantity: 1 }]);
    const mail = await waitFor(() => shop.around.mail(orderId));
    expect(mail).toContain('To: Augusta <ada@example.com>');
  });

  it('is made anew from the beginning of the feed', async () => {
    const id = await shop.customer('Grace');
    await rename(id, 'Rear Admiral Grace');
    await shop.rest();
    const before = await copies();
    await asOwner(
      'orders',
      "begin; delete from cursor where feed = 'customers'; delete from known_customers; commit",
    );
    expect(before.length).toBeGreaterThan(0);
    await waitFor(async () => (await copies()).length === before.length);
    await shop.rest();
    expect(await copies()).toEqual(before);
  });
});

describe('a customer whom the copy does not know yet', () => {
  it('is asked of customers, and kept; the event that comes later changes nothing', async () => {
    const copy = await holdLock('orders', "select from cursor where feed = 'customers' for update");
    const id = await shop.customer('Edsger', 'edsger@example.com');
    expect(await copyOf(id)).toBeUndefined();
    const placed = await shop.place(id, [{ sku: await shop.product(), quantity: 1 }]);
    expect(placed.status).toBe(201);
    const kept = { id, name: 'Edsger', email: 'edsger@example.com' };
    expect(await copyOf(id)).toEqual(kept);
    await copy.release();
    await shop.rest();
    expect(await copyOf(id)).toEqual(kept);
  });

  it('is refused with 422 when customers do not know the id either', async () => {
    const lines = [{ sku: await shop.product(), quantity: 1 }];
    expectProblem(await shop.place(crypto.randomUUID(), lines), 422, 'orders.unknown-customer');
  });
});
