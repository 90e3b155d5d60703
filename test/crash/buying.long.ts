// only: shop
import { describe, expect, it } from '@jest/globals';
import { SmallShop } from './small-shop.js';

const shop = new SmallShop();

describe('an order whose process is killed', () => {
  it.each([
    ['when it is written down, before its client is answered', 'orders.after-placing'],
    ['before its stock is reserved', 'saga.before-step'],
    ['when its stock is reserved', 'saga.after-step'],
    ['when the provider has taken the money', 'billing.before-outcome'],
    ['when it is written down that the money is taken', 'billing.after-outcome'],
    ['when its shipment is scheduled', 'saga.after-step:3'],
    ['before the commit that confirms it', 'saga.before-end'],
    ['after the commit that confirms it', 'saga.after-end'],
    ['when half of its mail is written', 'mail.half-delivered'],
    ['when its mail has gone out', 'mail.after-delivery'],
  ])('%s is confirmed by the next one, with one of everything', async (_case, point) => {
    const [id] = await Promise.all([shop.buy(), shop.dieAt(point)]);
    await shop.is(id, 'confirmed');
    expect(await shop.violations()).toEqual([]);
  });
});
// only: end
