import { sql } from '#platform/database';
import { type ChargeInput, OUTCOMES } from './charge.js';
import type { Payment } from './payment-provider.js';

const columns = sql`
  charges.id, charges.key, charges.status, charges.order_id as "orderId",
  charges.customer_id as "customerId", charges.amount::float8 as amount, charges.currency,
  charges.reason, charges.created_at as "createdAt", charges.charged_at as "chargedAt",
  charges.refunded_at as "refundedAt"`;

/** Writes a charge down before the provider is asked, or gives the one that has the key. */
export const begin = (id: string, key: string, { orderId, customerId, amount }: ChargeInput) => sql`
  insert into charges (id, key, status, order_id, customer_id, amount, currency, created_at)
  values (
    ${id}::uuid, ${key}, 'pending', ${orderId}::uuid, ${customerId}::uuid, ${amount.amount}::bigint,
    ${amount.currency}, now()
  )
  -- Changes nothing; but without an update, a row would not be given.
  on conflict (key) do update set key = excluded.key
  returning ${columns}`;

/**
 * Gives the key up: from here on, its charge is refused. What may have moved money is left
 * `refunding`, until the provider has said what became of that.
 */
export const giveUp = (id: string, key: string) => sql`
  insert into charges (id, key, status, created_at)
  values (${id}::uuid, ${key}, 'voided', now())
  on conflict (key) do update set status = case charges.status
    when 'pending' then 'refunding'
    when 'charged' then 'refunding'
    when 'declined' then 'voided'
    else charges.status
  end
  returning ${columns}`;

/**
 * Moves the charge of a payment on. Gives no row when that was no news, else the charge, and as
 * `first` whether it was not known before that money had been taken.
 */
export const settle = ({ key, id, status, reason }: Payment, at: Date) => sql`
  with before as (
    select id, charged_at from charges
    where key = ${key} and status::text = any(${OUTCOMES[status].from}::text[])
    for update
  )
  update charges set
    status = ${OUTCOMES[status].to}::charge_status,
    reference = ${id},
    reason = ${reason ?? null}::text,
    charged_at = coalesce(charges.charged_at,
      case when ${status} in ('succeeded', 'refunded') then ${at}::timestamptz end),
    refunded_at = case when ${status} = 'refunded' then ${at}::timestamptz end
  from before where charges.id = before.id
  returning ${columns}, before.charged_at is null as first`;

export const findByKey = (key: string) => sql`select ${columns} from charges where key = ${key}`;

/** Not a refund that came before its charge: of that, only the key is known. */
export const findById = (id: string) =>
  sql`select ${columns} from charges where id = ${id}::uuid and order_id is not null`;

/** An order's charges, oldest first, since ids sort by time. */
export const listOf = (orderId: string, after: string | undefined, count: number) => sql`
  select ${columns} from charges
  where order_id = ${orderId}::uuid and (${after ?? null}::uuid is null or id > ${after ?? null}::uuid)
  order by id
  limit ${count}`;
