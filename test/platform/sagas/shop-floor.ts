import { z } from 'zod';
import {
  ModuleDatabase,
  type PrismaLike,
  type Transaction,
} from '#platform/database/module-database';
import { defineError } from '#platform/errors';
import { defineSaga, type SagaDefinition, type SagaProvider } from '#platform/sagas';
import { SagaRunner } from '#platform/sagas/saga-runner';
import { PrismaClient } from '../../support/prisma-client.js';
import { FixtureProject } from '../../support/fixture-project.js';

const MODULE = 'floor';

export class NoRoom extends defineError('floor.no-room', {
  status: 409,
  title: 'There is no room.',
  values: z.strictObject({ left: z.int() }),
}) {}

/** What a test says of one call, by `<step>.<run|compensate>`; calls of which nothing is said succeed. */
export type Behaviour = (key: string) => Promise<unknown>;

/** Three steps whose calls are written down, and a runner that drives them on a real database. */
export class ShopFloor {
  readonly calls: string[] = [];
  readonly ends: string[] = [];
  readonly behaviours = new Map<string, Behaviour>();
  private readonly databases: ModuleDatabase<PrismaLike>[] = [];
  private readonly runners: SagaRunner[] = [];
  readonly database: ModuleDatabase<PrismaLike>;

  private constructor(readonly project: FixtureProject) {
    this.database = this.openDatabase();
  }

  static async open(): Promise<ShopFloor> {
    return new ShopFloor(await FixtureProject.open(MODULE));
  }

  /** The saga saw → drill → ship; one of them is its pivot when asked for. */
  define(options: { pivot?: 'drill' | 'ship'; giveUpAfter?: number; timeout?: number } = {}) {
    const { pivot, giveUpAfter, timeout } = options;
    const call = (name: string) => async (context: { key: string }) => {
      this.calls.push(`${name} ${context.key}`);
      return ((await this.behaviours.get(name)?.(context.key)) ?? { by: name }) as { by: string };
    };
    const step = (name: string) => ({
      run: call(`${name}.run`),
      compensate: call(`${name}.compensate`),
      pivot: name === pivot,
      ...(timeout === undefined ? {} : { timeout }),
    });
    return defineSaga(
      'build',
      z.strictObject({ what: z.string() }),
      giveUpAfter === undefined ? {} : { giveUpAfter },
    )
      .step('saw', step('saw'))
      .step('drill', step('drill'))
      .step('ship', step('ship'))
      .ends<Transaction<PrismaLike>>({
        completed: async (_tx, { id, input, results }) => {
          await this.behaviours.get('completed')?.(id);
          this.ends.push(`completed ${id} ${input.what} ${Object.keys(results).join()}`);
        },
        compensated: async (_tx, { id, reason }) => {
          this.ends.push(`compensated ${id} ${reason.code}`);
          await Promise.resolve();
        },
      });
  }

  /** Starts a runner, as one more process would. */
  run(saga: SagaProvider['saga'], database = this.database): SagaRunner {
    const runner = new SagaRunner(database, [saga]);
    this.runners.push(runner);
    runner.onApplicationBootstrap();
    return runner;
  }

  start<Input>(saga: SagaDefinition<Input>, id: string, input: Input): Promise<void> {
    return this.database.transaction((tx) => saga.start(tx, id, input));
  }

  async row(id: string) {
    const select = 'select * from saga where id = $1';
    const [row] = await this.project.sql<Record<string, never>>(MODULE, select, [id]);
    return row;
  }

  /** Runs a statement as the schema's owner, such as one that lets time pass. */
  async alter(text: string): Promise<void> {
    await this.project.sql(MODULE, text);
  }

  async empty(): Promise<void> {
    await Promise.all(this.runners.splice(0).map((runner) => runner.beforeApplicationShutdown()));
    await this.alter('delete from saga');
    this.behaviours.clear();
    this.calls.length = 0;
    this.ends.length = 0;
  }

  async close(): Promise<void> {
    await this.empty();
    await Promise.all(this.databases.map((database) => database.onApplicationShutdown()));
    await this.project.close();
  }

  openDatabase(): ModuleDatabase<PrismaLike> {
    const url = this.project.url(MODULE, 'login');
    const database = new ModuleDatabase<PrismaLike>(
      { module: MODULE, url, poolSize: 4 },
      PrismaClient,
    );
    this.databases.push(database);
    return database;
  }
}

/** Fails the first times, then succeeds. */
export function failing(times: number, error: () => Error): Behaviour {
  let left = times;
  return async () => {
    if (left-- > 0) throw error();
    return Promise.resolve();
  };
}
