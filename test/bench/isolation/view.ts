import type { Order } from './shared.statements.js';

/** An order as the shop answers with it, with whatever else a page shows. */
export const viewOf = ({ placedAt, currency, total, lines, ...rest }: Order) => ({
  ...rest,
  placedAt: placedAt.toISOString(),
  total: { amount: total, currency },
  lines: lines.map(({ amount, ...line }) => ({ ...line, price: { amount, currency } })),
});
