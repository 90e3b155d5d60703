import { appendFileSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Control } from '../../scripts/lib/payment-provider/misbehaviour.js';
import { TestPaymentProvider } from '../support/payment-provider.js';

let provider: TestPaymentProvider;

beforeAll(async () => {
  provider = await TestPaymentProvider.start();
});
afterAll(() => provider.close());

const pay = (key: string, amount = 5) =>
  provider.send('POST', '/payments', { key, amount, currency: 'EUR', orderId: 'o' });
const refund = (key: string) => provider.send('POST', '/refunds', { key });

describe("the simulated payment provider's books", () => {
  it('survive a kill, with all that was answered', async () => {
    const keys = Array.from({ length: 50 }, (_, index) => `kill-${index}`);
    await Promise.all(keys.map((key) => pay(key)));
    await refund('kill-0');
    const before = await provider.books();
    expect(before.balance).toEqual({ EUR: 49 * 5 });
    await provider.kill();
    await provider.restart();
    expect(await provider.books()).toEqual(before);
    expect((await pay('kill-1')).body).toEqual(before.payments.find(({ key }) => key === 'kill-1'));
  });

  it('do without a last line that a kill has torn, and go on behind the one before', async () => {
    const before = await provider.books();
    await provider.kill();
    appendFileSync(provider.booksFile, '{"key":"torn","id":"pay_1","status":"succ');
    await provider.restart();
    expect(await provider.books()).toEqual(before);
    await pay('after-torn');
    const lines = readFileSync(provider.booksFile, 'utf8').trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) as string)).toMatchObject({ key: 'after-torn' });
    expect(lines.join()).not.toContain('"torn"');
  });
});

describe('the simulated payment provider', () => {
  it('takes once per key, however many ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => pay('at-once')));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  });

  it('takes nothing under a key that was refunded before', async () => {
    expect((await refund('early')).body).toMatchObject({ key: 'early', status: 'voided' });
    expect((await pay('early')).body).toMatchObject({ status: 'voided' });
  });

  it('misbehaves as planned, then as likely as told, and alike for the same seed', async () => {
    await provider.control({ next: ['decline', 'error-after'] });
    expect((await pay('planned-1')).body).toMatchObject({ status: 'declined' });
    expect((await pay('planned-2')).status).toBe(500);
    expect((await pay('planned-2')).body).toMatchObject({ status: 'succeeded' });
    const run = async (name: string) => {
      await provider.control({ seed: 7, chances: { decline: 0.5 } });
      const statuses: string[] = [];
      for (let n = 0; n < 20; n += 1) statuses.push((await pay(`${name}-${n}`)).body.status);
      return statuses;
    };
    const first = await run('seeded');
    expect(new Set(first)).toEqual(new Set(['declined', 'succeeded']));
    expect(await run('again')).toEqual(first);
    await provider.control({ chances: {} });
  });

  it('refuses who does not know the key, what it does not know, and what has no form', async () => {
    expect((await provider.send('GET', '/books', undefined, 'x')).status).toBe(401);
    expect((await provider.send('GET', '/')).status).toBe(404);
    expect((await provider.send('POST', '/payments', { key: 'k' })).status).toBe(400);
    await expect(provider.control({ next: ['x'] } as unknown as Control)).rejects.toThrow('next');
  });
});
