import { ANY_INPUT, refusalOf } from '#platform/contracts';
import { sql } from '#platform/database';
import { ShipmentCalledOff } from '../shipping.errors.js';

/** Lets every later `schedule` under the key be refused, whatever its input. */
export const refuseFromNowOn = (key: string) => {
  const answer = JSON.stringify({ refusal: refusalOf(new ShipmentCalledOff({ key })) });
  return sql`
    insert into call (procedure, key, input_hash, answer)
    values ('schedule', ${key}, ${ANY_INPUT}, ${answer}::jsonb)
    on conflict (procedure, key) do update
      set input_hash = excluded.input_hash, answer = excluded.answer`;
};
