// only: orders
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { asOwner, holdLock } from '../platform/held-lock.js';
import { emptyTables, startTestApp, type TestApp } from '../support/test-app.js';
import { testProject } from '../support/test-project.js';

let app: TestApp;

beforeAll(async () => {
  await emptyTables(...testProject().modules);
  app = await startTestApp();
});
afterAll(() => app.close());

/** The name that the copy has, as soon as the reader is done. */
const nameOf = async (id: string) => {
  const select = 'select name from orders.known_customers where id = $1';
  const [row] = await asOwner<{ name: string }>('orders', select, [id]);
  return row?.name;
};

it('keeps what events told, when the answer to a question comes later and is older', async () => {
  // Another process reads, so that this one must ask for the customer.
  await asOwner(
    'orders',
    `insert into orders.cursor (feed, holder, held_until)
     values ('customers', gen_random_uuid(), 'infinity')
     on conflict (feed) do update set holder = excluded.holder, held_until = excluded.held_until`,
  );
  const price = { amount: 1, currency: 'EUR' };
  await app.send('POST', '/products', { sku: 'LAMP', name: 'Lamp', price });
  const customer = { name: 'Ada', email: 'ada@example.com' };
  const { id } = (await app.send('POST', '/customers', customer)).body;

  // The reader, about to write down that she has been renamed since.
  const renamed = await holdLock(
    'orders',
    `insert into orders.known_customers (id, name, email) values ($1, 'Ada Lovelace', '')`,
    [id],
  );
  const lines = [{ sku: 'LAMP', quantity: 1 }];
  const order = app.send('POST', '/orders', { customerId: id, lines });
  await renamed.waiters('orders');
  await renamed.commit();
  expect(await order).toMatchObject({ status: 201 });
  expect(await nameOf(id)).toBe('Ada Lovelace');
});
// only: end
