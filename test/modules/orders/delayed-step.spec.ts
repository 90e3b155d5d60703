// only: billing
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { installFault } from '#platform/fault';
import { asOwner } from '../../platform/held-lock.js';
import { OpenShop } from '../../support/shop.js';
import { waitFor } from '../../support/wait-for.js';
import { expectNothingHeld, told } from './support.js';

let shop: OpenShop;
let customerId: string;
let lamp: string;

beforeAll(async () => {
  shop = await OpenShop.open();
});
afterAll(() => shop.close());
beforeEach(async () => {
  customerId = await shop.customer();
  lamp = await shop.product();
});

const place = async (): Promise<string> =>
  (await shop.place(customerId, [{ sku: lamp, quantity: 2 }])).body.id;

/** Holds the first call that passes a point until it is let go, and notes which points are passed then. */
function holdAt(point: string) {
  let arrive: () => void = () => undefined;
  let open: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  const held = new Promise<void>((resolve) => (open = resolve));
  const passedThen: string[] = [];
  let state: 'awaited' | 'held' | 'gone' = 'awaited';
  installFault((passed) => {
    if (state === 'gone') passedThen.push(passed);
    if (state !== 'awaited' || passed !== point) return undefined;
    state = 'held';
    arrive();
    return held;
  });
  const letGo = () => {
    state = 'gone';
    open();
  };
  return { arrived, letGo, passedThen };
}

describe('a step that is held up in the module that it calls', () => {
  afterEach(() => installFault(undefined));

  /** Lets another driver take the saga over, as when the process of the first is presumed dead. */
  const takeOver = (id: string) =>
    asOwner(
      'orders',
      `update saga set holder = gen_random_uuid(), held_until = '-infinity' where id = $1`,
      [id],
    );

  it.each([
    ['has been written down', 'billing.before-provider', 'voided'],
    ['has taken the money', 'billing.before-outcome', 'refunded'],
  ])('where it %s is refused when it goes on after its compensation', async (_, point, status) => {
    const charge = holdAt(point);
    const id = await place();
    await charge.arrived;
    expect((await shop.cancel(id)).body.status).toBe('cancelling');
    await takeOver(id);
    await expectNothingHeld(shop, { orderId: id, sku: lamp }, { charges: [status], shipments: [] });
    charge.letGo();
    // Refused, it is written down by its driver, who has lost the saga; answered, it would be after its step.
    await waitFor(() => charge.passedThen.includes('saga.after-journal'));
    expect(charge.passedThen).not.toContain('saga.after-step');
    await expectNothingHeld(shop, { orderId: id, sku: lamp }, { charges: [status], shipments: [] });
    expect(await shop.around.provider.payment(`${id}:charge`)).toMatchObject({ status });
    expect(await told(id)).toEqual(['placed', 'cancelled']);
  });
});
// only: end
