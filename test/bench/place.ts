import type pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '../support/wait-for.js';
import type { Wish } from './wishes.js';

/** When each order was sent, in milliseconds since 1970, by its id. */
export type Sent = ReadonlyMap<string, number>;

/** Places orders, so many at a time. */
export async function placeAtOnce(url: string, wishes: Wish[], connections: number): Promise<Sent> {
  const sent = new Map<string, number>();
  const left = [...wishes];
  const client = async () => {
    for (let wish = left.pop(); wish; wish = left.pop()) await place(url, wish, sent);
  };
  await Promise.all(Array.from({ length: connections }, client));
  return sent;
}

/** Places orders at even pauses, whether or not the ones before are answered. */
export async function placeAtRate(url: string, wishes: Wish[], perSecond: number): Promise<Sent> {
  const sent = new Map<string, number>();
  const began = performance.now();
  const placed: Promise<void>[] = [];
  for (const wish of wishes) {
    const early = began + (placed.length * 1_000) / perSecond - performance.now();
    if (early > 1) await pause(early);
    placed.push(place(url, wish, sent));
  }
  await Promise.all(placed);
  return sent;
}

async function place(url: string, wish: Wish, sent: Map<string, number>): Promise<void> {
  const at = Date.now();
  const response = await fetch(url + wish.path, wish);
  const { id } = (await response.json()) as { id: string };
  if (response.status !== 201) throw new Error(`an order was answered with ${response.status}`);
  sent.set(id, at);
}

/** Waits until no order of the shop, and no mail, is under way. */
export const sagasEnded = (admin: pg.Client): Promise<boolean> =>
  waitFor(async () => {
    const { rows } = await admin.query(
      'select from orders.saga where ended_at is null and parked_at is null limit 1',
    );
    return rows.length === 0;
  }, 120_000);

/** When the confirmations of orders were committed, in milliseconds since 1970, by their ids. */
export async function confirmations(admin: pg.Client, sent: Sent): Promise<Map<string, number>> {
  const { rows } = await admin.query<{ id: string; at: number }>(
    `select id, extract(epoch from pg_xact_commit_timestamp(xmin))::float8 * 1000 as at
     from orders.orders where id = any($1) and status = 'confirmed'`,
    [[...sent.keys()]],
  );
  if (rows.length < sent.size) throw new Error(`${sent.size - rows.length} are not confirmed`);
  return new Map(rows.map(({ id, at }) => [id, at]));
}
