import {
  type BeforeApplicationShutdown,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { ModuleDatabase, PrismaLike } from '../database/module-database.js';
import { newId } from '../http/ids.js';
import { withTraceparent } from '../tracing/trace-context.js';
import { WorkLoop } from '../work-loop.js';
import type { SagaDefinition } from './saga.js';
import { type Outcome, SagaDrive } from './saga-drive.js';
import { claimSagas, renewLeases, type SagaRow } from './saga.statements.js';

/** Sagas that one process drives at once, per module. */
const MOST_AT_ONCE = 20;
/** Milliseconds between two renewals of the leases, which are held for 5 s. */
const RENEWAL = 1_500;
const PAUSES = { least: 20, most: 1_000 };

/**
 * Drives the sagas of one module: those started here, and those that any other process left. Any
 * number of processes share the work; a saga is driven by one of them at a time.
 */
export class SagaRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger: Logger;
  private readonly loop: WorkLoop;
  private readonly driven = new Map<SagaRow, Promise<void>>();
  private renewal: NodeJS.Timeout | undefined;
  private renewing = false;
  private stopping = false;

  constructor(
    private readonly database: ModuleDatabase<PrismaLike>,
    private readonly sagas: readonly SagaDefinition[],
  ) {
    this.logger = new Logger(database.module);
    this.loop = new WorkLoop(`${database.module} sagas`, () => this.takeUp(), PAUSES);
  }

  onApplicationBootstrap(): void {
    for (const saga of this.sagas) saga.wake = this.loop.wake;
    this.renewal = setInterval(() => void this.renew(), RENEWAL);
    this.loop.start();
  }

  /** Lets every step under way end, and goes on with none. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await this.loop.stop();
    await Promise.all(this.driven.values());
    clearInterval(this.renewal);
  }

  private async takeUp(): Promise<boolean> {
    const free = MOST_AT_ONCE - this.driven.size;
    if (free <= 0) return false;
    const names = this.sagas.map(({ name }) => name);
    const claimed = await this.database.query<SagaRow>(claimSagas(names, newId(), free));
    for (const saga of claimed) this.driven.set(saga, this.drive(saga));
    return claimed.length === free;
  }

  private async drive(saga: SagaRow): Promise<void> {
    const definition = this.sagas.find(({ name }) => name === saga.name) as SagaDefinition;
    const drive = new SagaDrive(this.database, definition, () => this.stopping);
    try {
      this.follow(saga, await withTraceparent(saga.traceparent, () => drive.drive(saga)));
    } catch (error) {
      // Its lease runs out, and it is taken up again, here or elsewhere.
      this.logger.warn(`The saga ${saga.id} was interrupted: ${(error as Error).message}`);
    } finally {
      // Others may have been left for want of room.
      if (this.driven.size === MOST_AT_ONCE) this.loop.wake();
      this.driven.delete(saga);
    }
  }

  private follow({ id, name }: SagaRow, outcome: Outcome): void {
    if (outcome.kind === 'put off') setTimeout(this.loop.wake, outcome.milliseconds).unref();
    if (outcome.kind === 'parked') {
      this.logger.error(
        `The saga "${name}" ${id} waits for a person: ${outcome.failure}. See npm run sagas:show`,
      );
    }
  }

  private async renew(): Promise<void> {
    const sagas = [...this.driven.keys()];
    // One at a time, lest they take all connections of a database that is slow.
    if (this.renewing || sagas.length === 0) return;
    this.renewing = true;
    await this.database.query(renewLeases(sagas)).catch((error: unknown) => {
      this.logger.warn(`The leases of sagas were not renewed: ${(error as Error).message}`);
    });
    this.renewing = false;
  }
}
