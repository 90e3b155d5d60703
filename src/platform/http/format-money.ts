import type { Money } from './schemas.js';

/** Money as people read it: 1999 EUR as "€19.99", 500 JPY as "¥500". */
export function formatMoney({ amount, currency }: Money): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.format(amount / 10 ** digitsOf(currency));
}

/** How many of an amount's digits stand behind the point: two of euros, none of yen. */
export const digitsOf = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
    .maximumFractionDigits ?? 2;
