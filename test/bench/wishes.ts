import type pg from 'pg';
import { customerOf, CUSTOMERS, PRODUCTS, skuOf } from './shop.js';

/** A request to be sent. */
export interface Wish {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const below = (limit: number) => Math.floor(Math.random() * limit);

/** An order of random products by a random customer. */
export function orderOf(lineCount: number): Wish {
  // A stride apart, so that no product is named twice.
  const first = below(PRODUCTS);
  const lines = Array.from({ length: lineCount }, (_, index) => ({
    sku: skuOf((first + index * 7) % PRODUCTS),
    quantity: 1 + below(3),
  }));
  return {
    method: 'POST',
    path: '/orders',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ customerId: customerOf(below(CUSTOMERS)), lines }),
  };
}

/** Orders of one or two lines, as many of each. */
export const orders = (count: number): Wish[] =>
  Array.from({ length: count }, (_, index) => orderOf(1 + (index % 2)));

/** Looks at orders that were placed before, at a path that ends with the id. */
export async function lookUps(admin: pg.Client, path: string, count: number): Promise<Wish[]> {
  const { rows } = await admin.query<{ id: string }>('select id from orders.orders limit $1', [
    count,
  ]);
  return rows.map(({ id }) => ({ method: 'GET', path: path + id }));
}
