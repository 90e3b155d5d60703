import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ChargeDeclined, ChargeVoided } from '#modules/billing';
import { KeyReused, ModuleUnavailable } from '#platform/errors';
import { expectFaults, expectProblem } from '../../platform/problems.js';
import { TestPaymentProvider } from '../../support/payment-provider.js';
import { persistently } from '../../support/persistently.js';
import { emptyTables, startTestApp, type TestApp } from '../../support/test-app.js';
import { billingOf, charge, CUSTOMER, euros, ORDER, published, statusOf } from './support.js';

let provider: TestPaymentProvider;
let app: TestApp;
let impatient: TestApp;
let billing: ReturnType<typeof billingOf>;
/** The same module in another app, which soon gives up to wait for the provider. */
let hasty: ReturnType<typeof billingOf>;
let key: string;

beforeAll(async () => {
  provider = await TestPaymentProvider.start();
  const { environment } = provider;
  app = await startTestApp(environment);
  impatient = await startTestApp({ ...environment, BILLING_PROVIDER_TIMEOUT: '500' });
  billing = billingOf(app);
  hasty = billingOf(impatient);
});
afterAll(async () => {
  await Promise.all([app.close(), impatient.close()]);
  await provider.close();
});
beforeEach(async () => {
  await emptyTables('billing');
  key = crypto.randomUUID();
});

const failure = (work: Promise<unknown>) => work.catch((error: unknown) => error);

describe('charging', () => {
  it('takes the money, shows it, and publishes that', async () => {
    const { chargeId } = await persistently(() => billing.charge(charge(key)));
    expect(await provider.payment(key)).toMatchObject({
      status: 'succeeded',
      orderId: ORDER,
      ...euros(1999),
    });
    const shown = await app.send('GET', `/charges/${chargeId}`);
    expect(shown).toMatchObject({
      status: 200,
      body: {
        id: chargeId,
        orderId: ORDER,
        customerId: CUSTOMER,
        amount: euros(1999),
        status: 'charged',
        reason: null,
        chargedAt: expect.stringMatching(/Z$/),
        refundedAt: null,
      },
    });
    expect(await app.send('GET', `/charges?orderId=${ORDER}`)).toMatchObject({
      status: 200,
      body: { items: [shown.body], next: null },
    });
    expect(await published()).toEqual(['payment-charged']);
  });

  it('takes it once per key, and gives the same answer', async () => {
    const first = await billing.charge(charge(key));
    expect(await billing.charge(charge(key))).toEqual(first);
    expect(await published()).toEqual(['payment-charged']);
  });

  it('refuses the same key for another charge, and takes nothing for that', async () => {
    await billing.charge(charge(key));
    expect(KeyReused.is(await failure(billing.charge(charge(key, 1))))).toBe(true);
    expect(await provider.payment(key)).toMatchObject(euros(1999));
  });

  it('remembers that the provider declined', async () => {
    await provider.control({ next: ['decline'] });
    for (let time = 0; time < 2; time += 1) {
      const refusal = await failure(billing.charge(charge(key)));
      expect(ChargeDeclined.is(refusal)).toBe(true);
      expect(refusal).toMatchObject({ status: 402, data: { reason: 'insufficient-funds' } });
    }
    expect(await published()).toEqual(['payment-declined']);
    expect((await app.send('GET', `/charges?orderId=${ORDER}`)).body.items).toMatchObject([
      { status: 'declined', reason: 'insufficient-funds', chargedAt: null },
    ]);
  });

  it.each([
    ['did not answer, having taken the money', 'timeout-after'],
    ['did not answer, having taken none', 'timeout-before'],
    ['answered 500, having taken the money', 'error-after'],
    ['answered 500, having taken none', 'error-before'],
  ] as const)(
    'is to be tried again when the provider %s, and then takes it once',
    async (_, how) => {
      await provider.control({ next: [how] });
      const error = await failure(hasty.charge(charge(key)));
      expect(ModuleUnavailable.is(error)).toBe(true);
      expect(error).toMatchObject({ status: 503, data: { module: 'billing' } });
      expect(await statusOf(key)).toBe('pending');
      expect((await provider.payment(key))?.status).toBe(
        how.endsWith('after') ? 'succeeded' : undefined,
      );
      await billing.charge(charge(key));
      expect(await provider.payment(key)).toMatchObject({ status: 'succeeded', ...euros(1999) });
      expect(await published()).toEqual(['payment-charged']);
    },
  );

  it('is to be tried again while the provider is down, and loses nothing', async () => {
    await provider.kill();
    expect(ModuleUnavailable.is(await failure(billing.charge(charge(key))))).toBe(true);
    expect(ModuleUnavailable.is(await failure(billing.charge(charge(key))))).toBe(true);
    await provider.restart();
    await billing.charge(charge(key));
    expect(await statusOf(key)).toBe('charged');
  });

  it('ends with one charge when two apps are asked at once, many times', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        persistently(() => (index % 2 ? billing : hasty).charge(charge(key))),
      ),
    );
    expect(answers).toEqual(Array(20).fill(answers[0]));
    expect(await provider.payment(key)).toMatchObject(euros(1999));
    expect(await published()).toEqual(['payment-charged']);
  });
});

describe('refunding', () => {
  it('gives back what the key took, once, and publishes that', async () => {
    const { chargeId } = await billing.charge(charge(key));
    for (let time = 0; time < 2; time += 1) {
      expect(await billing.refund({ key })).toEqual({ refunded: euros(1999) });
    }
    expect((await provider.payment(key))?.status).toBe('refunded');
    expect((await app.send('GET', `/charges/${chargeId}`)).body).toMatchObject({
      status: 'refunded',
      refundedAt: expect.stringMatching(/Z$/),
    });
    expect(await published()).toEqual(['payment-charged', 'payment-refunded']);
  });

  it('that comes first lets a late charge be refused, whatever that one asks for', async () => {
    expect(await billing.refund({ key })).toEqual({ refunded: null });
    for (const amount of [1999, 1]) {
      const refusal = await failure(billing.charge(charge(key, amount)));
      expect(ChargeVoided.is(refusal)).toBe(true);
      expect(refusal).toMatchObject({ status: 409, data: { key } });
    }
    expect(await provider.payment(key)).toBeUndefined();
    expect(await published()).toEqual([]);
    expect((await app.send('GET', `/charges?orderId=${ORDER}`)).body.items).toEqual([]);
  });

  it('of what was declined gives nothing back, and refuses the key from then on', async () => {
    await provider.control({ next: ['decline'] });
    await failure(billing.charge(charge(key)));
    expect(await billing.refund({ key })).toEqual({ refunded: null });
    expect(ChargeVoided.is(await failure(billing.charge(charge(key))))).toBe(true);
  });

  it('of a charge whose answer was lost gives back the money, and publishes both', async () => {
    await provider.control({ next: ['timeout-after'] });
    await failure(hasty.charge(charge(key)));
    expect(await billing.refund({ key })).toEqual({ refunded: euros(1999) });
    expect((await provider.payment(key))?.status).toBe('refunded');
    expect(await published()).toEqual(['payment-charged', 'payment-refunded']);
  });

  it('of a charge that the provider has not seen makes it refuse one that is on its way', async () => {
    await provider.control({ next: ['timeout-before'] });
    await failure(hasty.charge(charge(key)));
    expect(await billing.refund({ key })).toEqual({ refunded: null });
    const { key: same, orderId, amount } = charge(key);
    const late = await provider.send('POST', '/payments', { key: same, orderId, ...amount });
    expect(late.body.status).toBe('voided');
    expect((await provider.payment(key))?.status).toBe('voided');
  });

  it('is to be tried again when its answer was lost, and gives back once', async () => {
    await billing.charge(charge(key));
    await provider.control({ next: ['timeout-after', 'error-before'] });
    for (let time = 0; time < 2; time += 1) {
      expect(ModuleUnavailable.is(await failure(hasty.refund({ key })))).toBe(true);
      expect(await statusOf(key)).toBe('refunding');
    }
    expect(ChargeVoided.is(await failure(billing.charge(charge(key))))).toBe(true);
    expect(await billing.refund({ key })).toEqual({ refunded: euros(1999) });
    expect(await published()).toEqual(['payment-charged', 'payment-refunded']);
  });

  it('leaves no money taken, in whatever order it meets the charge that it races', async () => {
    const keys = Array.from({ length: 60 }, (): string => crypto.randomUUID());
    await Promise.all(
      keys.flatMap((each, index) => {
        const calls: (() => Promise<unknown>)[] = [
          () => billing.charge(charge(each)),
          () => hasty.refund({ key: each }),
        ];
        return (index % 2 ? calls : calls.reverse()).map((call) =>
          persistently(call).catch((error: unknown) =>
            expect(error).toMatchObject({ code: ChargeVoided.code }),
          ),
        );
      }),
    );
    for (const payment of (await provider.books()).payments) {
      if (keys.includes(payment.key)) expect(['refunded', 'voided']).toContain(payment.status);
    }
    for (const each of keys) expect(['refunded', 'voided']).toContain(await statusOf(each));
    const news = await published();
    const told = (type: string) => news.filter((each) => each === type).length;
    expect(told('payment-charged')).toBe(told('payment-refunded'));
  });
});

describe('asking for charges', () => {
  it('answers 404 for one that is not there, and 400 for what is no id', async () => {
    const missing = await app.send('GET', `/charges/${ORDER}`);
    expectProblem(missing, 404, 'billing.charge-not-found');
    expectFaults(await app.send('GET', '/charges/1'), 'id');
    expectFaults(await app.send('GET', '/charges'), 'orderId');
  });
});
