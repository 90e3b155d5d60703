import { billingContract } from '#modules/billing';
import type { ContractClient } from '#platform/contracts';
import { asOwner } from '../../platform/held-lock.js';
import { clientOf, type TestApp } from '../../support/test-app.js';

export const ORDER = '01900000-0000-7000-8000-00000000000a';
export const CUSTOMER = '01900000-0000-7000-8000-00000000000b';

export const euros = (amount: number) => ({ amount, currency: 'EUR' });

/** A charge of that many cents under a key. */
export const charge = (key: string, amount = 1999) => ({
  key,
  orderId: ORDER,
  customerId: CUSTOMER,
  amount: euros(amount),
});

export const billingOf = (app: TestApp): ContractClient<typeof billingContract> =>
  clientOf(app, billingContract);

export async function statusOf(key: string): Promise<string | undefined> {
  const [row] = await asOwner<{ status: string }>(
    'billing',
    'select status from charges where key = $1',
    [key],
  );
  return row?.status;
}

/** What billing has published, in order, without the names of its module. */
export async function published(): Promise<string[]> {
  const rows = await asOwner<{ type: string }>(
    'billing',
    'select type from feed order by position',
  );
  return rows.map(({ type }) => type.replace(/^billing\.|\.v1$/g, ''));
}
