// only: shop
import { describe, expect, it } from '@jest/globals';
import { asOwner } from '../platform/held-lock.js';
import { waitFor } from '../support/wait-for.js';
import { SmallShop } from './small-shop.js';

const shop = new SmallShop();

describe('an order that is declined, and whose process is killed', () => {
  it.each([
    ['before its stock is given back', 'saga.before-compensation'],
    ['before the commit that gives its stock back', 'call.before-commit'],
    ['after the commit that gives its stock back', 'call.after-commit'],
  ])('%s is cancelled by the next one, with nothing left', async (_case, point) => {
    await shop.processes.provider.control({ next: ['decline'] });
    const [id] = await Promise.all([shop.buy(), shop.dieAt(point)]);
    await shop.is(id, 'cancelled');
    expect(await shop.violations()).toEqual([]);
  });
});

describe('an order that is cancelled while it is charged, and whose process is killed', () => {
  it.each([
    ['when the provider has given the money back', 'billing.before-outcome'],
    ['when the money is given back', 'saga.after-compensation'],
  ])('%s is cancelled by the next one, with nothing left', async (_case, point) => {
    // Charged and not answered, however often it is asked: the saga stays where it is.
    await shop.processes.provider.control({ chances: { 'timeout-after': 1 } });
    const id = await shop.buy();
    await waitFor(
      async () =>
        (await asOwner('billing', 'select from charges where order_id = $1', [id])).length > 0,
    );
    const dead = shop.dieAt(point);
    await shop.cancel(id);
    await shop.processes.provider.control({ chances: {} });
    await dead;
    await shop.is(id, 'cancelled');
    expect(await shop.violations()).toEqual([]);
  });
});

describe('a confirmed order that is cancelled, and whose process is killed', () => {
  it.each([
    ['before the commit that cancels its shipment', 'call.before-commit'],
    ['when the provider has given the money back', 'billing.before-outcome'],
  ])('%s is cancelled by the next one, with nothing left', async (_case, point) => {
    const id = await shop.buy();
    await shop.is(id, 'confirmed');
    // Its mail's saga would pass the same points.
    expect(await shop.violations()).toEqual([]);
    await Promise.all([shop.cancel(id), shop.dieAt(point)]);
    await shop.is(id, 'cancelled');
    expect(await shop.violations()).toEqual([]);
  });
});

describe('a process that is killed while it hears of orders', () => {
  it.each([
    ['amidst a batch', 'events.mid-batch:2'],
    ['before the commit', 'events.before-commit'],
    ['after the commit', 'events.after-commit'],
  ])('%s leaves every report as if it had not been', async (_case, point) => {
    await Promise.all([shop.buy(), shop.buy(), shop.dieAt(point)]);
    expect(await shop.violations()).toEqual([]);
  });
});
// only: end
