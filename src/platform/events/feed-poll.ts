import type { Envelope } from './event.js';
import type { FeedSource } from './feed-source.js';

/** Milliseconds to the next look after a hint that nothing could be read of yet; then twice as long. */
const LEAST = 5;

/** One read of a feed on behalf of another process, which waits while there is nothing to read. */
export class FeedPoll {
  private hinted = false;
  private ended = false;
  private endRest: () => void = () => undefined;

  constructor(private readonly feed: FeedSource) {}

  /**
   * Up to `most` events behind a position, as soon as there are any.
   *
   * @param wait milliseconds after which an empty list is an answer too
   */
  async read(after: number, most: number, wait: number): Promise<Envelope[]> {
    const until = Date.now() + wait;
    let pause = wait;
    // Before the first look, so that no event falls between the two.
    const unsubscribe = this.feed.onHint(this.hint);
    try {
      for (;;) {
        this.hinted = false;
        const events = await this.feed.read(after, most);
        const left = until - Date.now();
        if (events.length > 0 || left <= 0 || this.ended) return events;
        await this.rest(Math.min(pause, left));
        // What was told of may stand behind a transaction that is still open, and ends untold.
        pause = this.hinted ? LEAST : pause * 2;
      }
    } finally {
      unsubscribe();
    }
  }

  /** Waits no longer. */
  readonly end = (): void => {
    this.ended = true;
    this.endRest();
  };

  private readonly hint = (): void => {
    this.hinted = true;
    this.endRest();
  };

  private rest(milliseconds: number): Promise<void> {
    if (this.hinted || this.ended) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.endRest = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
