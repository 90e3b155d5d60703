import { randomUUID } from 'node:crypto';

/** The channel on which processes tell each other that a feed has grown. */
export const CHANNEL = 'feed';

/** At most one notification per feed in so many milliseconds; a busy feed is read on anyway. */
const SPACING = 10;

/**
 * Hints that a module's feed has grown: to the readers in this process at once, to other processes
 * by a NOTIFY, sent after the commit since inside it would serialise all commits. Hints may be lost.
 */
export class FeedSignal {
  private readonly listeners = new Set<() => void>();
  private spacing: NodeJS.Timeout | undefined;
  private again = false;
  /** Who sends, so that it need not listen to itself. */
  private readonly sender = randomUUID();

  /** @param send sends the payload to the channel */
  constructor(
    private readonly module: string,
    private readonly send: (payload: string) => void,
  ) {}

  /** @returns ends the subscription */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** A transaction of this process has appended to the feed and was committed. */
  readonly grown = (): void => {
    this.listeners.forEach((listener) => listener());
    this.notify();
  };

  /** Another process may have sent this. */
  received(payload: string): void {
    const [module, sender] = payload.split(' ');
    if (module === this.module && sender !== this.sender)
      this.listeners.forEach((listen) => listen());
  }

  private notify(): void {
    this.again = this.spacing !== undefined;
    if (this.again) return;
    this.send(`${this.module} ${this.sender}`);
    this.spacing = setTimeout(() => {
      this.spacing = undefined;
      if (this.again) this.notify();
    }, SPACING).unref();
  }
}
