import { ANY_INPUT, refusalOf } from '#platform/contracts';
import { sql } from '#platform/database';
import { ReservationReleased } from '../inventory.errors.js';

/** So many pieces of one product. */
export interface Line {
  sku: string;
  quantity: number;
}

/** Lets every later `reserve` under the key be refused, whatever its input. */
export const refuseFromNowOn = (key: string) => {
  const answer = JSON.stringify({ refusal: refusalOf(new ReservationReleased({ key })) });
  return sql`
    insert into call (procedure, key, input_hash, answer)
    values ('reserve', ${key}, ${ANY_INPUT}, ${answer}::jsonb)
    on conflict (procedure, key) do update
      set input_hash = excluded.input_hash, answer = excluded.answer`;
};

/**
 * Gives back what the key holds, and tells what that was. Rows are locked in the order of their
 * SKUs, as `reserve` does, and written from what the lock has found.
 */
export const giveBack = (key: string) => sql`
  with held as (
    delete from reservations where key = ${key} returning sku, quantity
  ), locked as (
    select stock.sku, stock.on_hand, stock.reserved
    from stock join held on held.sku = stock.sku
    order by stock.sku
    for update of stock
  ), given as (
    update stock set on_hand = locked.on_hand, reserved = locked.reserved - held.quantity
    from held join locked on locked.sku = held.sku where stock.sku = held.sku
  )
  select sku, quantity from held order by sku`;
