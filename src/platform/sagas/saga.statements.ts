import sql, { empty, type Sql } from 'sql-template-tag';
import { currentTraceparent } from '../tracing/trace-context.js';
import type { Reason } from './reason.js';

/** A row of the module's `saga` table, as far as its driver needs it. */
export interface SagaRow {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  readonly state: 'running' | 'compensating' | 'completed' | 'compensated';
  readonly step: string | null;
  readonly pastPivot: boolean;
  readonly results: Readonly<Record<string, never>>;
  readonly reason: Reason | null;
  readonly cancelling: Reason | null;
  readonly attempts: number;
  readonly unforeseen: number;
  /** Milliseconds since the start, by the database's clock. */
  readonly age: number;
  readonly holder: string;
  /** Of what started it. */
  readonly traceparent: string | null;
}

/** What a driver writes down; what is left out stays. */
export interface Journal {
  readonly state?: SagaRow['state'];
  readonly step?: string | null;
  /** Whether that step is the pivot. */
  readonly pivot?: boolean;
  /** The answer of the step that was under way. */
  readonly result?: { readonly step: string; readonly output: unknown };
  readonly reason?: Reason;
}

const columns = sql`
  id, name, input, state, step, past_pivot as "pastPivot", results, reason, cancelling, attempts,
  unforeseen, holder, traceparent,
  (extract(epoch from now() - started_at) * 1000)::float8 as age`;

/** Seconds for which a saga is its driver's; a driver that lives renews it. */
const LEASE = 5;

export const startSaga = (
  saga: { id: string; name: string; input: unknown; step: string | null; pivot: boolean },
  from: Sql | undefined,
) => sql`
  insert into saga (id, name, input, step, past_pivot, traceparent)
  select ${saga.id}, ${saga.name}, ${JSON.stringify(saga.input)}::jsonb, ${saga.step}::text,
    ${saga.pivot}::boolean, ${currentTraceparent() ?? null}::text
  ${from ? sql`from ${from}` : empty}
  on conflict (id) do nothing`;

/**
 * The driver writes the pivot down before it is begun, so either it sees the wish, or this the pivot.
 * One that is parked goes on by that: no person need decide any more how it does.
 */
export const cancelSaga = (id: string, reason: Reason) => sql`
  update saga set cancelling = ${JSON.stringify(reason)}::jsonb, next_at = now(), parked_at = null
  where id = ${id} and state = 'running' and not past_pivot`;

/**
 * Takes up sagas that are due and nobody drives. They are chosen by a CTE, which runs once: a
 * subquery with LIMIT that some plan runs again would skip what it has locked, and give the next.
 */
export const claimSagas = (names: readonly string[], holder: string, most: number) => sql`
  with due (saga_id) as (
    select id from saga
    where state in ('running', 'compensating') and parked_at is null and next_at <= now()
      and (held_until is null or held_until < now()) and name = any(${names}::text[])
    order by next_at
    limit ${most}
    for update skip locked
  )
  update saga set holder = ${holder}::uuid, held_until = now() + make_interval(secs => ${LEASE})
  from due where id = saga_id
  returning ${columns}`;

/** Those that somebody is changing are left for the next time, lest all others wait for one. */
export const renewLeases = (sagas: readonly SagaRow[]) => sql`
  with driven (saga_id) as (
    select id from saga
    where id = any(${sagas.map(({ id }) => id)}::text[])
      and holder = any(${sagas.map(({ holder }) => holder)}::uuid[])
    for update skip locked
  )
  update saga set held_until = now() + make_interval(secs => ${LEASE})
  from driven where id = saga_id`;

const mine = ({ id, holder }: SagaRow) => sql`id = ${id} and holder = ${holder}::uuid`;

/** Writes down where the saga is now; gives no row when somebody else drives it. */
export const writeJournal = (
  saga: SagaRow,
  { state, step, pivot = false, result, reason }: Journal,
) => sql`
  update saga set
    state = ${state ?? saga.state}, step = case
      -- a granted wish to cancel is met before another step is begun
      when cancelling is not null and state = 'running' and ${state ?? saga.state} = 'running' then step
      else ${step === undefined ? saga.step : step}::text
    end,
    past_pivot = past_pivot or (${pivot}::boolean and cancelling is null),
    results = results || ${JSON.stringify(result ? { [result.step]: result.output ?? null } : {})}::jsonb,
    reason = coalesce(${reason ? JSON.stringify(reason) : null}::jsonb, reason),
    ended_at = case when ${state ?? saga.state} in ('completed', 'compensated') then now() end,
    attempts = 0, unforeseen = 0, failure = null, held_until = now() + make_interval(secs => ${LEASE})
  where ${mine(saga)}
  returning ${columns}`;

/** Lets go of it, to be taken up again by anyone after a while. */
export const putOff = (
  saga: SagaRow,
  { kind, message }: { kind: string; message: string },
  milliseconds: number,
) => sql`
  update saga set attempts = attempts + 1, failure = ${message},
    unforeseen = unforeseen + ${kind === 'unforeseen' ? 1 : 0}::int, holder = null, held_until = null,
    next_at = case when cancelling is not null and ${saga.cancelling === null} then now()
      else now() + make_interval(secs => ${milliseconds / 1000}::float8) end
  where ${mine(saga)}`;

/** Lets go of it at once, since this process ends. */
export const letGo = (saga: SagaRow) => sql`
  update saga set holder = null, held_until = null where ${mine(saga)}`;

/** Leaves it to a person, unless a wish to cancel was granted meanwhile: by that it goes on. */
export const parkSaga = (saga: SagaRow, failure: string) => sql`
  update saga set attempts = attempts + 1, failure = ${failure}, holder = null, held_until = null,
    parked_at = case when cancelling is null or ${saga.cancelling !== null} then now() end
  where ${mine(saga)}
  returning parked_at is not null as parked`;

/**
 * How many sagas are under way, by their state, and how many wait for a person. Not those that have
 * ended: they only grow in number, and so would the work of counting them.
 */
export const countSagas = sql`
  select 'running' as state, count(*)::int as value from saga
  where state = 'running' and parked_at is null
  union all
  select 'compensating', count(*)::int from saga where state = 'compensating' and parked_at is null
  union all
  select 'parked', count(*)::int from saga where parked_at is not null`;
