import { sql } from '#platform/database';
import { append } from '#platform/events';
import { ShipmentScheduled } from '../shipping.events.js';
import type { Plan } from './shipment.js';

/**
 * Writes the shipment down, publishes it and remembers the answer, in one statement: placing an
 * order waits for it. Gives the remembered row, be it new or old.
 *
 * The answer comes first and the rest follows from it: losing a race for the key violates
 * `call_pkey`, upon which the runner runs it again and finds the answer.
 */
export const schedule = (plan: Plan, inputHash: string) => {
  const output = { shipmentId: plan.id, dueAt: plan.dueAt.toISOString() };
  const news = { orderId: plan.orderId, ...output };
  return sql`
    with remembered as (
      select input_hash, answer from call where procedure = 'schedule' and key = ${plan.key}
    ), answered as (
      insert into call (procedure, key, input_hash, answer)
      select 'schedule', ${plan.key}, ${inputHash}, ${JSON.stringify({ output })}::jsonb
      where not exists (select from remembered)
      returning input_hash, answer
    ), scheduled as (
      insert into shipments (id, key, order_id, lines, scheduled_at, due_at)
      select ${plan.id}::uuid, ${plan.key}, ${plan.orderId}::uuid, ${JSON.stringify(plan.lines)}::jsonb,
        ${plan.scheduledAt}::timestamptz, ${plan.dueAt}::timestamptz
      from answered
    ), published as (
      ${append(ShipmentScheduled, news, { from: sql`answered` })}
    )
    select input_hash, answer from remembered
    union all
    select input_hash, answer from answered`;
};
