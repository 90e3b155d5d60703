import { Logger } from '@nestjs/common';

/** How a loop waits when there is nothing to do, in milliseconds. */
export interface Pauses {
  /** The first pause after work; each further one is twice as long. */
  readonly least: number;
  /** The longest, and so the time after which work is found that nobody gave a hint of. */
  readonly most: number;
}

/**
 * Takes turns at some work for as long as the process runs: at once while there is more, and with
 * growing pauses while there is none. A hint ends a pause; a lost hint costs no more than the
 * longest one. A turn that fails is logged and counts as one without work.
 */
export class WorkLoop {
  private running: Promise<void> | undefined;
  private stopping = false;
  private hinted = false;
  private endPause: (() => void) | undefined;
  private lastFailure = '';

  /**
   * @param name whose work it is, for the log
   * @param turn does some of the work; true when there may be more right away
   */
  constructor(
    private readonly name: string,
    private readonly turn: () => Promise<boolean>,
    private readonly pauses: Pauses,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Says that there may be work now. */
  readonly wake = (): void => {
    this.hinted = true;
    this.endPause?.();
  };

  /** Lets the turn under way end, and takes no other. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    let pause = this.pauses.least;
    while (!this.stopping) {
      this.hinted = false;
      const busy = await this.takeTurn();
      if (this.stopping) return;
      if (busy || this.hinted) {
        pause = this.pauses.least;
      } else {
        await this.rest(pause);
        pause = this.hinted ? this.pauses.least : Math.min(pause * 2, this.pauses.most);
      }
    }
  }

  private async takeTurn(): Promise<boolean> {
    try {
      const busy = await this.turn();
      this.lastFailure = '';
      return busy;
    } catch (error) {
      // Once per kind of failure, since a database that is away fails every turn alike.
      const { message } = error as Error;
      if (message !== this.lastFailure) new Logger(this.name).warn(message);
      this.lastFailure = message;
      return false;
    }
  }

  private rest(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
