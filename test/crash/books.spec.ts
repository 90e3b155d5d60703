// only: shop
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { SmallShop } from './small-shop.js';

const shop = new SmallShop();
let kept: string;
let cancelled: string;

beforeAll(async () => {
  kept = await shop.buy();
  await shop.is(kept, 'confirmed');
  await shop.processes.provider.control({ next: ['decline'] });
  cancelled = await shop.buy();
  await shop.is(cancelled, 'cancelled');
});

const mail = () => join(shop.processes.mailFolder, 'second.eml');

describe('the books', () => {
  it('balance when an order is kept and another one is cancelled', async () => {
    expect(await shop.violations()).toEqual([]);
  });

  it.each([
    ['a cent', 'billing', 'update charges set amount = amount + 1', /charged "3999 EUR"/],
    ['a charge', 'billing', `update charges set status = 'pending'`, /charged ""/],
    ['a reservation', 'inventory', 'update reservations set quantity = 1', /reserved "1 x LAMP"/],
    ['the stock', 'inventory', 'update stock set reserved = 4', /4 are reserved, and 2 were sold/],
    ['a shipment', 'shipping', 'delete from shipments', /shipped "", not "2 x LAMP"/],
    ['an order', 'orders', `update orders set status = 'pending'`, /is still pending/],
    ['an order altogether', 'orders', 'delete from orders where reason is null', /1 missing/],
    ['a parked saga', 'orders', 'update saga set parked_at = now()', /saga .* is parked/],
    ['a saga', 'orders', `update saga set state = 'running', held_until = 'infinity'`, /running/],
    ['a cursor', 'reporting', 'update cursor set holder = null, position = -1', /at -1 of/],
    ['a copy', 'reporting', 'update orders set total = total + 1', /reporting.orders: 1 too many/],
    ['a name', 'orders', `update known_customers set name = 'Eve'`, /known_customers: 1 too many/],
    [
      'an event heard twice',
      'inventory',
      `insert into feed (id, type, subject, data) select gen_random_uuid(), type, subject, data from feed`,
      /published: 1 too many: inventory.stock-reserved/,
    ],
  ])('do not balance for want of %s', async (_case, module, spoil, expected) => {
    // Spoiled where only this session sees it, and never committed.
    await shop.processes.sql(module, `begin; set local search_path = ${module}; ${spoil}`);
    try {
      expect(await shop.processes.findings(shop.app, { orders: shop.orders })).toContainEqual(
        expect.stringMatching(expected),
      );
    } finally {
      await shop.processes.sql(module, 'rollback');
    }
  });

  it('do not balance when a report is a cent off', async () => {
    const change = (by: string) =>
      shop.processes.sql('reporting', `update reporting.orders set total = total ${by}`);
    await change('+ 1');
    const findings = await shop.violations();
    await change('- 1');
    expect(findings).toContainEqual(
      expect.stringMatching(/customer-value: 1 too many: .* 1 orders for 3999 EUR/),
    );
  });

  it('do not balance when the provider holds money for a cancelled order', async () => {
    const { provider } = shop.processes;
    const payment = { key: `${cancelled}:late`, orderId: cancelled, amount: 1, currency: 'EUR' };
    await provider.send('POST', '/payments', payment);
    expect(await shop.violations()).toEqual([
      `order ${cancelled}, cancelled: paid "1 EUR", not ""`,
    ]);
    await provider.send('POST', '/refunds', { key: payment.key });
    expect(await shop.violations()).toEqual([]);
  });

  it('do not balance when an order has two mails', async () => {
    const id = `<order.${kept}.confirmation@localhost.invalid>`;
    writeFileSync(mail(), `Message-ID: ${id}\r\n\r\n`);
    expect(await shop.violations()).toEqual([`mails: 1 too many: ${id}`]);
    rmSync(mail());
  });
});
// only: end
