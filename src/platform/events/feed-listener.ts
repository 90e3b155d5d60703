import type { Listening, ModuleDatabase, PrismaLike } from '../database/module-database.js';
import { WorkLoop } from '../work-loop.js';
import { CHANNEL } from './feed-signal.js';

/** Milliseconds between tries to listen again. */
const PAUSES = { least: 100, most: 5_000 };

/**
 * Passes on what other processes say of some feeds: one connection per process and database, taken
 * from the pool of one of the modules there. Of a pool of one, none is taken.
 */
export class FeedListener {
  private readonly loop: WorkLoop;
  private listening: Listening | undefined;

  /** @param databases of the modules that publish, all in one database */
  constructor(private readonly databases: readonly ModuleDatabase<PrismaLike>[]) {
    this.loop = new WorkLoop('feed hints', () => this.listen(), PAUSES);
  }

  start(): void {
    this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
    this.listening?.end();
  }

  private async listen(): Promise<boolean> {
    const through = this.databases.find(({ poolSize }) => poolSize > 1);
    if (!through || this.listening) return false;
    const listening = await through.listen(CHANNEL, (payload) => {
      for (const { feed } of this.databases) feed.received(payload);
    });
    this.listening = listening;
    void listening.lost.then(() => {
      listening.end();
      this.listening = undefined;
      this.loop.wake();
    });
    return false;
  }
}
