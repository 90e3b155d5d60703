import { reportFindings, copyFindings } from './books/copy-findings.js';
import { difference } from './books/difference.js';
import { eventFindings } from './books/event-findings.js';
import { Ledger, type Shop } from './books/ledger.js';
import { orderFindings } from './books/order-findings.js';

export type { Shop } from './books/ledger.js';

/** What the shop has told its clients, and must stand by. */
export interface Told {
  /** Ids of all orders that were placed. */
  readonly orders: readonly string[];
  /** The last name of each customer. */
  readonly names?: ReadonlyMap<string, string>;
  /** The last count of each product. */
  readonly counts?: ReadonlyMap<string, number>;
}

/** Whether no saga is under way, and everything published was heard. */
export async function isSettled(shop: Shop): Promise<boolean> {
  const underWay = /^\w+('s saga \S+ \S+ is still | hears )/;
  return ![...eventFindings(await Ledger.read(shop))].some((finding) => underWay.test(finding));
}

/**
 * Whether the books balance: every order has been done in full or not at all, wherever one looks,
 * and nothing was lost or done twice.
 *
 * @param told what clients were told, to find what is lost altogether
 * @returns each violation as a sentence; none when they balance
 */
export async function violations(shop: Shop, told?: Told): Promise<string[]> {
  const ledger = await Ledger.read(shop);
  return [
    ...(told ? toldFindings(ledger, told) : []),
    ...orderFindings(ledger),
    ...eventFindings(ledger),
    ...copyFindings(ledger),
    ...mailFindings(ledger),
    ...(await reportFindings(ledger, shop.send)),
  ];
}

function toldFindings(ledger: Ledger, { orders, names, counts }: Told): string[] {
  const column = (table: `${string}.${string}`, ...columns: string[]) =>
    ledger.rows(table).map((row) => columns.map((name) => row[name] as unknown));
  return [
    ...difference(
      'orders',
      orders.map((id) => [id]),
      column('orders.orders', 'id'),
    ),
    ...(names ? difference('names', [...names], column('customers.customers', 'id', 'name')) : []),
    ...(counts
      ? difference('stock', [...counts], column('inventory.stock', 'sku', 'on_hand'))
      : []),
  ];
}

/** Whoever ordered was told once that the order is confirmed, as far as a mail program can see. */
function mailFindings(ledger: Ledger): string[] {
  const confirmed = ledger.rows('orders.orders').filter((order) => order['confirmed_at']);
  const ids = confirmed.map(({ id }) => `<order.${id}.confirmation@localhost.invalid>`);
  return difference('mails', ids, [...ledger.mails.values()]);
}
