import type { Sql } from 'sql-template-tag';
import type { z } from 'zod';
import type { PrismaLike } from '../database/module-database.js';
import { onCommit } from '../database/open-transaction.js';
import type { Json, Reason } from './reason.js';
import { cancelSaga, startSaga } from './saga.statements.js';

/** What a step is called with. */
export interface StepContext<Input, Results> {
  readonly id: string;
  readonly input: Input;
  /** `<saga>:<step>`: the same for the call, all its repetitions, and its compensation. */
  readonly key: string;
  /** The answers of the steps before. */
  readonly results: Results;
}

/** One contract call, and the call that undoes it. */
export interface Step<Input, Results, Output> {
  /** May be repeated under the same key, also at the same time as a call that was given up. */
  run(context: StepContext<Input, Results>): Promise<Output>;
  /**
   * Undoes what `run` did under the key, or did not, or is about to do: so it makes the callee
   * refuse that key from then on. Without one, there is nothing to undo.
   */
  compensate?(context: StepContext<Input, Partial<Results>>): Promise<unknown>;
  /**
   * From the first attempt on, the saga only goes forward, since what was asked cannot be taken
   * back. Only its own refusal still compensates the steps before; steps after it are not refused.
   */
  readonly pivot?: boolean;
  /** Milliseconds after which a call is given up, and repeated later; 10,000 by default. */
  readonly timeout?: number;
}

/** What the owner does in the transaction that ends the saga. */
export interface Ends<Tx, Input, Results> {
  completed(tx: Tx, saga: { id: string; input: Input; results: Results }): Promise<void>;
  compensated(tx: Tx, saga: { id: string; input: Input; reason: Reason }): Promise<void>;
}

/** Options of a saga as a whole. */
export interface SagaOptions {
  /**
   * Milliseconds after its start at which a saga that is before its pivot is compensated instead of
   * tried on. Without it, a callee that is away is waited for.
   */
  readonly giveUpAfter?: number;
}

/** A step of any saga, as the driver sees it. */
export type AnyStep = Step<unknown, Readonly<Record<string, Json>>, Json> & {
  readonly name: string;
};

type Executing = Pick<PrismaLike, '$executeRaw'>;

/** A saga's name, its steps and its ends. Made by {@link defineSaga}. */
export interface SagaDefinition<Input = unknown> {
  readonly name: string;
  readonly input: z.ZodType<Input>;
  readonly steps: readonly AnyStep[];
  readonly ends: Ends<never, Input, never>;
  readonly options: SagaOptions;
  /** Called when one of these sagas may have something to do; set by who drives them. */
  wake: () => void;
  /**
   * Starts one as part of the owner's transaction, once per id.
   *
   * @param id of the saga; the steps' keys derive from it, so it is made outside the transaction
   */
  start(tx: Executing, id: string, input: Input): Promise<void>;
  /**
   * The same as a statement to be put into a CTE; call `wake` when it is committed.
   *
   * @param from a CTE: nothing is started when it has no row
   */
  starting(id: string, input: Input, from?: Sql): Sql;
  /**
   * Asks for the compensation of what is done, as part of the owner's transaction.
   *
   * @returns false when it is too late: the saga has ended, is compensating, or is past its pivot
   */
  cancel(tx: Executing, id: string, reason: Reason): Promise<boolean>;
}

/** A provider that holds a saga, named in its module's definition under `sagas`. */
export interface SagaProvider {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- sagas of every input
  readonly saga: SagaDefinition<any>;
}

/** Steps so far; each `step` adds one, and `ends` makes the definition. */
export interface SagaBuilder<Input, Results extends Record<string, Json>> {
  step<Name extends string, Output extends Json | void>(
    name: Name,
    step: Step<Input, Results, Output>,
  ): SagaBuilder<Input, Results & Record<Name, Output extends Json ? Output : undefined>>;
  ends<Tx>(ends: Ends<Tx, Input, Results>): SagaDefinition<Input>;
}

/**
 * Defines a saga: a durable sequence of contract calls, each with its compensation.
 *
 * @param name of its own in the module; running sagas are found by it, so it stays
 * @param input what every step is given; kept as JSON
 */
export function defineSaga<Input>(
  name: string,
  input: z.ZodType<Input>,
  options: SagaOptions = {},
): SagaBuilder<Input, Record<never, never>> {
  return builder({ name, input, options }, []);
}

type Head = Pick<SagaDefinition, 'name' | 'options'> & { input: z.ZodType };

// The builder's types grow with every step; the values behind them are one list of steps.
function builder(head: Head, steps: readonly AnyStep[]): SagaBuilder<never, never> {
  return {
    step: (name: string, step: object) => builder(head, [...steps, { ...step, name } as AnyStep]),
    ends: (ends: SagaDefinition['ends']) => definition(head, steps, ends) as never,
  };
}

function definition(
  { name, input, options }: Head,
  steps: readonly AnyStep[],
  ends: SagaDefinition['ends'],
): SagaDefinition {
  const [first] = steps;
  const saga: SagaDefinition = {
    name,
    input,
    steps,
    ends,
    options,
    wake: () => undefined,
    starting: (id, given, from) =>
      startSaga(
        {
          id,
          name,
          input: input.parse(given),
          step: first?.name ?? null,
          pivot: first?.pivot ?? false,
        },
        from,
      ),
    async start(tx, id, given) {
      await tx.$executeRaw(saga.starting(id, given));
      onCommit(() => saga.wake());
    },
    async cancel(tx, id, reason) {
      const granted = await tx.$executeRaw(cancelSaga(id, reason));
      onCommit(() => saga.wake());
      return granted === 1;
    },
  };
  return saga;
}
