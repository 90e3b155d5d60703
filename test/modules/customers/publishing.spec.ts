import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { publishedBy } from '../../support/published.js';
import { emptyTables, startTestApp, type TestApp } from '../../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(() => emptyTables('customers'));

describe('customers publish', () => {
  const ada = { name: 'Ada', email: 'ada@example.com' };

  it('who registers, and each correction with what is so afterwards', async () => {
    const { body } = await app.send('POST', '/customers', ada);
    await app.send('PATCH', `/customers/${body.id}`, { name: 'Ada Lovelace' });
    const event = { subject: body.id, data: { customerId: body.id, ...ada } };
    expect(await publishedBy('customers')).toEqual([
      { ...event, type: 'customers.customer-registered.v1' },
      {
        ...event,
        type: 'customers.customer-renamed.v1',
        data: { ...event.data, name: 'Ada Lovelace' },
      },
    ]);
  });

  it('nothing that was refused', async () => {
    await app.send('POST', '/customers', ada);
    expect(await app.send('POST', '/customers', ada)).toMatchObject({ status: 409 });
    const nobody = '/customers/01900000-0000-7000-8000-00000000dead';
    expect(await app.send('PATCH', nobody, { name: 'Nobody' })).toMatchObject({ status: 404 });
    expect(await publishedBy('customers')).toHaveLength(1);
  });
});
