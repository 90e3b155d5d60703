import { TaskCancelledError, timeout, TimeoutStrategy } from 'cockatiel';
import type { ModuleDatabase, PrismaLike } from '../database/module-database.js';
import { faultPoint } from '../fault.js';
import { type Failure, failureOf, MOST_ATTEMPTS, pauseAfter, StepTimedOut } from './failure.js';
import type { Json, Reason } from './reason.js';
import type { AnyStep, SagaDefinition } from './saga.js';
import {
  type Journal,
  letGo,
  parkSaga,
  putOff,
  type SagaRow,
  writeJournal,
} from './saga.statements.js';

/** How a drive went: it ended, is to be taken up again after so many milliseconds, or is parked. */
export type Outcome =
  | { readonly kind: 'left' }
  | { readonly kind: 'put off'; readonly milliseconds: number }
  | { readonly kind: 'parked'; readonly failure: string };

/** Where the saga stands after a turn, or how its drive went. */
type Turn = SagaRow | Outcome;

const LEFT: Outcome = { kind: 'left' };
const STEP_TIMEOUT = 10_000;

/** Somebody's wish to cancel was granted between the last step's call and the end. */
class CancelledMeanwhile extends Error {}

/**
 * Drives one claimed saga, step by step, for as long as nothing is in the way. Each step is written
 * down before it is taken and after it has answered, always under this driver's token: a driver
 * that lost its lease writes nothing more, and what it asked of others was asked under the same
 * keys as its successor asks.
 */
export class SagaDrive {
  constructor(
    private readonly database: ModuleDatabase<PrismaLike>,
    private readonly definition: SagaDefinition,
    private readonly stopping: () => boolean,
  ) {}

  async drive(saga: SagaRow): Promise<Outcome> {
    let turn: Turn = saga;
    while (!('kind' in turn)) {
      turn = this.stopping() ? await this.release(turn) : await this.take(turn);
    }
    return turn;
  }

  private async take(saga: SagaRow): Promise<Turn> {
    const step = this.steps.find(({ name }) => name === saga.step);
    if (saga.step !== null && !step) {
      return this.park(saga, `the saga "${saga.name}" has no step "${saga.step}" any more`);
    }
    if (saga.state === 'compensating') return this.takeBack(saga, step);
    const reason = saga.pastPivot ? undefined : this.reasonToStop(saga);
    if (reason) return this.turnBack(saga, reason, step);
    return step ? this.takeStep(saga, step) : this.complete(saga, {});
  }

  /** Why a saga that is before its pivot goes no further. */
  private reasonToStop({ cancelling, age }: SagaRow): Reason | undefined {
    if (cancelling) return cancelling;
    const { giveUpAfter } = this.definition.options;
    if (giveUpAfter === undefined || age < giveUpAfter) return undefined;
    return { code: 'saga.timed-out', title: 'It was not done in time.', values: { giveUpAfter } };
  }

  private async takeStep(saga: SagaRow, step: AnyStep): Promise<Turn> {
    let output: Json;
    try {
      await faultPoint('saga.before-step');
      output = await this.call(step, 'run', saga);
      await faultPoint('saga.after-step');
    } catch (error) {
      return this.failed(saga, step, failureOf(error));
    }
    const next = this.steps[this.steps.indexOf(step) + 1];
    const result = { step: step.name, output };
    return next
      ? this.write(saga, { step: next.name, pivot: next.pivot ?? false, result })
      : this.complete(saga, { [step.name]: output });
  }

  private failed(saga: SagaRow, step: AnyStep, failure: Failure): Promise<Turn> {
    if (failure.kind === 'refused') {
      return saga.pastPivot && !step.pivot
        ? this.park(saga, `${failure.reason.code}: ${failure.reason.title}`)
        : this.turnBack(saga, failure.reason, this.before(step));
    }
    if (mayPass(saga, failure)) return this.putOff(saga, failure);
    const { message } = failure;
    if (saga.pastPivot) return this.park(saga, message);
    const reason = { code: 'saga.step-failed', title: 'A step failed.', values: { message } };
    return this.turnBack(saga, reason, step);
  }

  /** Begins to compensate, at the last step that may have had an effect. */
  private turnBack(saga: SagaRow, reason: Reason, last: AnyStep | undefined): Promise<Turn> {
    const step = this.undoable(last);
    return step
      ? this.write(saga, { state: 'compensating', step: step.name, reason })
      : this.compensated(saga, reason);
  }

  private async takeBack(saga: SagaRow, step: AnyStep | undefined): Promise<Turn> {
    if (!step) return this.compensated(saga, saga.reason as Reason);
    try {
      await faultPoint('saga.before-compensation');
      await this.call(step, 'compensate', saga);
      await faultPoint('saga.after-compensation');
    } catch (error) {
      return this.notTakenBack(saga, failureOf(error));
    }
    const previous = this.undoable(this.before(step));
    return previous
      ? this.write(saga, { step: previous.name })
      : this.compensated(saga, saga.reason as Reason);
  }

  /** What was done must be undone: only a callee that refuses to leaves it to a person. */
  private notTakenBack(saga: SagaRow, failure: Failure): Promise<Turn> {
    if (failure.kind === 'refused') {
      return this.park(saga, `${failure.reason.code}: ${failure.reason.title}`);
    }
    return mayPass(saga, failure) ? this.putOff(saga, failure) : this.park(saga, failure.message);
  }

  private async complete(saga: SagaRow, last: Record<string, Json>): Promise<Turn> {
    const [result] = Object.entries(last).map(([step, output]) => ({ step, output }));
    const results = { ...saga.results, ...last } as never;
    return this.end(saga, { state: 'completed', ...(result && { result }) }, (tx, input) =>
      this.definition.ends.completed(tx, { id: saga.id, input, results }),
    ).catch((error: unknown) => {
      if (!(error instanceof CancelledMeanwhile)) throw error;
      return this.write(saga, result ? { result } : {});
    });
  }

  private compensated(saga: SagaRow, reason: Reason): Promise<Turn> {
    return this.end(saga, { state: 'compensated', reason }, (tx, input) =>
      this.definition.ends.compensated(tx, { id: saga.id, input, reason }),
    );
  }

  /** Ends it, together with what its owner does then. */
  private async end(
    saga: SagaRow,
    journal: Journal,
    work: (tx: never, input: unknown) => Promise<void>,
  ): Promise<Turn> {
    const input = this.definition.input.parse(saga.input);
    try {
      await this.database.transaction(async (tx) => {
        const [written] = await tx.$queryRaw<SagaRow[]>(
          writeJournal(saga, { ...journal, step: null }),
        );
        if (!written) return;
        if (written.cancelling && journal.state === 'completed') throw new CancelledMeanwhile();
        await work(tx as never, input);
        await faultPoint('saga.before-end');
      });
      await faultPoint('saga.after-end');
      return LEFT;
    } catch (error) {
      if (error instanceof CancelledMeanwhile) throw error;
      const { message } = error as Error;
      const kind = failureOf(error).kind === 'unavailable' ? 'unavailable' : 'unforeseen';
      const failure = { kind, message } as const;
      return mayPass(saga, failure) ? this.putOff(saga, failure) : this.park(saga, message);
    }
  }

  private async call(step: AnyStep, what: 'run' | 'compensate', saga: SagaRow): Promise<Json> {
    const { id, results } = saga;
    const input = this.definition.input.parse(saga.input);
    const milliseconds = step.timeout ?? STEP_TIMEOUT;
    const answer = timeout(milliseconds, TimeoutStrategy.Aggressive).execute(() =>
      step[what]?.({ id, input, results, key: `${id}:${step.name}` }),
    );
    return (await answer.catch((error: unknown) => {
      throw error instanceof TaskCancelledError ? new StepTimedOut(step.name, milliseconds) : error;
    })) as Json;
  }

  private async write(saga: SagaRow, journal: Journal): Promise<Turn> {
    const [written] = await this.database.query<SagaRow>(writeJournal(saga, journal));
    await faultPoint('saga.after-journal');
    return written ?? LEFT;
  }

  private async putOff(saga: SagaRow, failure: Lasting): Promise<Outcome> {
    const milliseconds = pauseAfter(saga.attempts);
    await this.database.query(putOff(saga, failure, milliseconds));
    return { kind: 'put off', milliseconds };
  }

  private async park(saga: SagaRow, failure: string): Promise<Outcome> {
    const [left] = await this.database.query<{ parked: boolean }>(parkSaga(saga, failure));
    return left?.parked ? { kind: 'parked', failure } : LEFT;
  }

  private async release(saga: SagaRow): Promise<Outcome> {
    await this.database.query(letGo(saga));
    return LEFT;
  }

  private get steps(): readonly AnyStep[] {
    return this.definition.steps;
  }

  private before(step: AnyStep): AnyStep | undefined {
    return this.steps[this.steps.indexOf(step) - 1];
  }

  /** The step, or the nearest before it, that has something to undo. */
  private undoable(step: AnyStep | undefined): AnyStep | undefined {
    return !step || step.compensate ? step : this.undoable(this.before(step));
  }
}

/** A failure that is no refusal. */
type Lasting = Exclude<Failure, { kind: 'refused' }>;

/** Whether another try is worth it: nobody is away for so long that it would be given up. */
const mayPass = ({ unforeseen }: SagaRow, { kind }: Lasting) =>
  kind === 'unavailable' || unforeseen + 1 < MOST_ATTEMPTS;
