import { sql } from '#platform/database';
import { append } from '#platform/events';
import { OutOfStock } from '../inventory.errors.js';
import { StockReserved } from '../inventory.events.js';
import type { Line } from './release.statement.js';

interface Reservation {
  key: string;
  inputHash: string;
  lines: readonly Line[];
}

/**
 * Reserves all lines or none, publishes that, and remembers the answer, in one statement: placing an order waits
 * for it. Gives the remembered row, be it new or old.
 *
 * Rows are locked in the order of their SKUs, so that two orders of the same products cannot wait
 * for each other; the lock gives the newest counts, whatever the statement's snapshot is. Both are
 * written from there: Postgres holds an UPDATE's row against the constraints once before it looks
 * for a newer version. Losing a race for the key violates `call_pkey`, upon which the runner runs
 * it again and finds the answer.
 */
export const reserve = ({ key, inputHash, lines }: Reservation) => sql`
  with remembered as (
    select input_hash, answer from call where procedure = 'reserve' and key = ${key}
  ), wanted as (
    select sku, quantity
    from unnest(${lines.map(({ sku }) => sku)}::text[], ${lines.map(({ quantity }) => quantity)}::int[])
      as line (sku, quantity)
    where not exists (select from remembered)
  ), locked as (
    select stock.sku, stock.on_hand, stock.reserved, stock.on_hand - stock.reserved as available
    from stock join wanted on wanted.sku = stock.sku
    order by stock.sku
    for update of stock
  ), short as (
    select wanted.sku, wanted.quantity as requested, coalesce(locked.available, 0) as available
    from wanted left join locked on locked.sku = wanted.sku
    where coalesce(locked.available, 0) < wanted.quantity
  ), granted as (
    select sku, quantity from wanted where not exists (select from short)
  ), taken as (
    update stock set on_hand = locked.on_hand, reserved = locked.reserved + granted.quantity
    from granted join locked on locked.sku = granted.sku where stock.sku = granted.sku
  ), noted as (
    insert into reservations (key, sku, quantity) select ${key}, sku, quantity from granted
  ), published as (
    ${append(StockReserved, { key, lines: [...lines] }, { from: sql`granted` })}
  ), answered as (
    insert into call (procedure, key, input_hash, answer)
    select 'reserve', ${key}, ${inputHash}, case
      when exists (select from short) then jsonb_build_object('refusal', jsonb_build_object(
        'code', ${OutOfStock.code}::text,
        'status', ${OutOfStock.status}::int,
        'title', ${OutOfStock.title}::text,
        'values', jsonb_build_object('shortages', (select jsonb_agg(to_jsonb(short)) from short))
      ))
      else jsonb_build_object('output', jsonb_build_object('lines', (select jsonb_agg(to_jsonb(granted)) from granted)))
    end
    where not exists (select from remembered)
    returning input_hash, answer
  )
  select input_hash, answer from remembered
  union all
  select input_hash, answer from answered`;
