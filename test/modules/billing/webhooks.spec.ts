import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { asOwner } from '../../platform/held-lock.js';
import { expectFaults, expectProblem } from '../../platform/problems.js';
import { TestPaymentProvider, WEBHOOK_SECRET } from '../../support/payment-provider.js';
import { emptyTables, startTestApp, type TestApp } from '../../support/test-app.js';
import { waitFor } from '../../support/wait-for.js';
import { billingOf, charge, euros, published, statusOf } from './support.js';

let provider: TestPaymentProvider;
let app: TestApp;
/** Soon gives up to wait for the provider. */
let impatient: TestApp;
let key: string;

beforeAll(async () => {
  provider = await TestPaymentProvider.start();
  app = await startTestApp(provider.environment);
  impatient = await startTestApp({ ...provider.environment, BILLING_PROVIDER_TIMEOUT: '500' });
  await provider.control({ webhooks: { url: `${app.url}/billing/webhooks` } });
});
afterAll(async () => {
  await Promise.all([app.close(), impatient.close()]);
  await provider.close();
});
beforeEach(async () => {
  await emptyTables('billing');
  key = crypto.randomUUID();
});

/** Sends news as the provider does, signed so many seconds ago. */
function hear(body: string, { secret = WEBHOOK_SECRET, age = 0, sent = body } = {}) {
  const time = Math.floor(Date.now() / 1000) - age;
  const hmac = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  const signature = { 'provider-signature': `t=${time},v1=${hmac}` };
  return app.send('POST', '/billing/webhooks', sent, signature);
}

const news = (status: string, id = crypto.randomUUID()) =>
  JSON.stringify({ id, type: `payment.${status}`, data: { key, id: 'pay_1', status } });

/** A charge whose answer was lost: the provider has not seen it. */
async function leavePending(): Promise<void> {
  await provider.control({ next: ['timeout-before'] });
  await billingOf(impatient)
    .charge(charge(key))
    .catch(() => undefined);
  expect(await statusOf(key)).toBe('pending');
}

const heard = async () => (await asOwner('billing', 'select id from webhooks')).length;

describe('a webhook of the provider', () => {
  it('settles a charge whose answer was lost, so that repeating it finds the outcome', async () => {
    await provider.control({ next: ['timeout-after'] });
    await billingOf(impatient)
      .charge(charge(key))
      .catch(() => undefined);
    await waitFor(async () => (await statusOf(key)) === 'charged');
    await provider.kill();
    const { chargeId } = await billingOf(app).charge(charge(key));
    expect(chargeId).toMatch(/-/);
    expect(await published()).toEqual(['payment-charged']);
    await provider.restart();
    await provider.control({ webhooks: { url: `${app.url}/billing/webhooks` } });
  });

  it('acts once, however often it comes and in whatever order', async () => {
    await provider.control({ webhooks: { copies: 3, hold: true } });
    await billingOf(app).charge(charge(key));
    await billingOf(app).refund({ key });
    await provider.control({ webhooks: { hold: false, copies: 1 } });
    await waitFor(async () => (await heard()) === 2);
    expect(await statusOf(key)).toBe('refunded');
    expect(await published()).toEqual(['payment-charged', 'payment-refunded']);
  });

  it('that comes many times at once is noted once', async () => {
    await leavePending();
    const body = news('succeeded');
    const answers = await Promise.all(Array.from({ length: 20 }, () => hear(body)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await heard()).toBe(1);
    expect(await published()).toEqual(['payment-charged']);
  });

  it('never leads back: what comes late is no news', async () => {
    await leavePending();
    for (const status of ['refunded', 'succeeded', 'declined', 'voided']) {
      expect((await hear(news(status))).status).toBe(200);
    }
    expect(await statusOf(key)).toBe('refunded');
    expect(await published()).toEqual(['payment-charged', 'payment-refunded']);
    expect(await billingOf(app).refund({ key })).toEqual({ refunded: euros(1999) });
  });

  it('of what billing does not know, or of another kind, is taken and changes nothing', async () => {
    expect((await hear(news('succeeded'))).status).toBe(200);
    const other = JSON.stringify({ id: 'evt_9', type: 'payout.paid', data: { total: 1 }, more: 1 });
    expect(await hear(other)).toMatchObject({ status: 200, body: { received: true } });
    expect(await published()).toEqual([]);
  });
});

describe('a webhook of somebody else', () => {
  it.each([
    ['signed with another secret', { secret: 'x'.repeat(32) }],
    ['signed long ago', { age: 310 }],
    ['signed in the future', { age: -310 }],
    ['with another body than was signed', { sent: '{"id":"1","type":"t","data":{}}' }],
    ['with the same body, written otherwise', { sent: ' {"id":"1","type":"t","data":1}' }],
  ])('is refused when it is %s', async (_case, how) => {
    const answer = await hear('{"id":"1","type":"t","data":1}', how);
    expectProblem(answer, 403, 'billing.signature-invalid');
    expect(await heard()).toBe(0);
  });

  it.each([{}, { 'provider-signature': 't=1' }, { 'provider-signature': 't=,v1=' }])(
    'is refused with the headers %j',
    async (headers) => {
      const answer = await app.send('POST', '/billing/webhooks', { id: '1', type: 't' }, headers);
      expectProblem(answer, 403, 'billing.signature-invalid');
    },
  );

  it('is refused for its form only when it was signed, and for its size before', async () => {
    expectFaults(await hear('{"id":"1"}'), 'type');
    expectProblem(await hear('{"id":'), 400, 'http.malformed-body');
    const large = JSON.stringify({ id: '1', type: 't', data: 'x'.repeat(70_000) });
    expectProblem(await hear(large), 413, 'http.body-too-large');
  });
});
