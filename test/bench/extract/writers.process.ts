import { setTimeout as pause } from 'node:timers/promises';
import sql from 'sql-template-tag';
import type { Project } from '../../../scripts/lib/set-up.js';
import { fixtureModule, FixtureProject } from '../../support/fixture-project.js';

/** What the writers are told: where, how many, and how long each rests between two transactions. */
export interface WritersOrder {
  readonly project: Project;
  readonly module: string;
  readonly writers: number;
  readonly restMs: number;
}

/** What they saw since they were last asked. */
export interface WritersReport {
  /** Milliseconds between two of one writer's acknowledgements, at most. */
  readonly longestGap: number;
  readonly transactions: number;
  /** All that were ever acknowledged. */
  readonly acknowledged: number;
}

let longestGap = 0;
let transactions = 0;
let acknowledged = 0;
let stopped = false;

/** Each transaction goes through the runner that every module's do. */
async function write({ project, module, writers, restMs }: WritersOrder): Promise<void> {
  const app = await new FixtureProject(project).start([fixtureModule({ name: module })], writers);
  const database = app.database(module);
  const writer = async (number: number) => {
    let last = performance.now();
    while (!stopped) {
      const id = crypto.randomUUID();
      await database.transaction(async (tx) => {
        await tx.$executeRaw(
          sql`insert into entry (id, body) values (${id}::uuid, 'written meanwhile')`,
        );
        await tx.$executeRaw(sql`update counter set value = value + 1 where id = ${number}`);
      });
      acknowledged += 1;
      transactions += 1;
      longestGap = Math.max(longestGap, performance.now() - last);
      last = performance.now();
      await pause(restMs);
    }
  };
  const running = Array.from({ length: writers }, (_, index) => writer(index + 1));
  process.send?.('ready');
  await Promise.all(running);
  await app.close();
}

const report = () => {
  process.send?.({ longestGap, transactions, acknowledged } satisfies WritersReport);
  [longestGap, transactions] = [0, 0];
};

process.on('message', (message: WritersOrder | 'report' | 'stop') => {
  if (message === 'report') report();
  else if (message === 'stop') stopped = true;
  else {
    // What was under way when they were stopped counts too.
    void write(message).then(() => {
      report();
      process.disconnect();
    });
  }
});
