import { ORPCError } from '@orpc/client';
import type { FastifyInstance } from 'fastify';
import {
  ANY_INPUT,
  type Contract,
  type ContractClient,
  hashInput,
  type Implementation,
  refusalOf,
  type RememberedCall,
  replay,
} from '#platform/contracts';
import { waitFor } from '../wait-for.js';
import { FakeFeed } from './fake-feed.js';

/** What a fake does as its module does. */
export interface Behaviour {
  /** What other modules may ask. */
  readonly answers?: Answers;
  /** The public routes that tests use, below `/<path>`. */
  readonly path?: string;
  readonly routes?: (server: FastifyInstance) => void;
}

interface Answers {
  readonly contract: Contract;
  readonly implementation: Implementation<Contract>;
}

/** The answers to a contract, held against it by the compiler and, call by call, by its schemas. */
export const answersTo = <C extends Contract>(
  contract: C,
  implementation: Implementation<C>,
): Answers => ({ contract, implementation: implementation as Implementation<Contract> });

/** Makes what a module does of what it keeps in mind. */
export type Fake = (module: FakeModule) => Behaviour;

/** What a fake keeps in mind: rows, the calls it has answered, and its feed. */
export class FakeModule {
  readonly feed: FakeFeed;
  readonly behaviour: Behaviour;
  private readonly tables: Map<string, unknown>[] = [];
  private readonly calls = this.rows<RememberedCall<unknown>>();
  private held: { waiting: number; readonly released: Promise<void> } | undefined;

  /** @param ask gives clients of contracts, for a module that calls others */
  constructor(
    readonly name: string,
    fake: Fake,
    readonly ask: <C extends Contract>(contract: C) => ContractClient<C>,
  ) {
    this.feed = new FakeFeed(name);
    this.behaviour = fake(this);
  }

  /** A table, by whatever its rows are found. */
  rows<Row>(): Map<string, Row> {
    const table = new Map<string, Row>();
    this.tables.push(table);
    return table;
  }

  /**
   * Answers a mutation once per key, as `answerOnce` of the platform does.
   *
   * @param effect may refuse by a coded error, before it has changed anything
   */
  async once<Output>(
    procedure: string,
    { key, ...input }: { key: string },
    effect: () => Output,
  ): Promise<Output> {
    await this.pass();
    const place = `${procedure} ${key}`;
    const known = this.calls.get(place) as RememberedCall<Output> | undefined;
    const row = known ?? { input_hash: hashInput(input), answer: outcomeOf(effect) };
    this.calls.set(place, row);
    return replay(row, key, hashInput(input));
  }

  /** Lets every later call under the key be refused, whatever its input: it was compensated. */
  refuseFromNowOn(procedure: string, key: string, error: ORPCError<string, unknown>): void {
    const answer = { refusal: refusalOf(error) };
    this.calls.set(`${procedure} ${key}`, { input_hash: ANY_INPUT, answer });
  }

  /** Lets mutations wait until they are released. */
  hold(): { waiters(): Promise<unknown>; release(): Promise<void> } {
    let release: () => void = () => undefined;
    const held = { waiting: 0, released: new Promise<void>((resolve) => (release = resolve)) };
    this.held = held;
    return {
      waiters: () => waitFor(() => held.waiting > 0),
      release: () => {
        this.held = undefined;
        release();
        return held.released;
      },
    };
  }

  empty(): void {
    this.tables.forEach((table) => table.clear());
    this.feed.empty();
  }

  private async pass(): Promise<void> {
    if (!this.held) return;
    this.held.waiting += 1;
    await this.held.released;
  }
}

function outcomeOf<Output>(effect: () => Output): RememberedCall<Output>['answer'] {
  try {
    return { output: effect() };
  } catch (error) {
    if (!(error instanceof ORPCError)) throw error;
    return { refusal: refusalOf(error as ORPCError<string, unknown>) };
  }
}
