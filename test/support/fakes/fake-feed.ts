import { randomUUID } from 'node:crypto';
import type { AnyEvent, DataOf, Envelope } from '#platform/events/event';
import type { FeedSource } from '#platform/events/feed-source';
import type { Behind } from '#platform/events/lag';
import { currentTraceparent } from '#platform/tracing/trace-context';

/** A feed in memory. */
export class FakeFeed implements FeedSource {
  readonly waits = false;
  private events: Envelope[] = [];
  private readonly listeners = new Set<() => void>();
  // Behind those of every fake before it, since a cursor may stand at one of them.
  private position = Date.now();

  constructor(readonly module: string) {}

  /** @throws {ZodError} when the data does not fit the event's schema */
  publish<E extends AnyEvent>(event: E, given: DataOf<E>): void {
    const data = event.data.parse(given) as DataOf<E>;
    const traceparent = currentTraceparent();
    this.events.push({
      specversion: '1.0',
      id: randomUUID(),
      source: `/${this.module}`,
      type: event.type,
      subject: event.subject(data),
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      data,
      position: ++this.position,
      ...(traceparent && { traceparent }),
    });
    this.listeners.forEach((listener) => listener());
  }

  /** Lets times in the events of a subject be so many days earlier. */
  backdate(subject: string, fields: readonly string[], days: number): void {
    const earlier = (time: unknown) =>
      new Date(Date.parse(time as string) - days * 24 * 60 * 60 * 1_000).toISOString();
    for (const event of this.events.filter((each) => each.subject === subject)) {
      const data = event.data as Record<string, unknown>;
      for (const field of fields.filter((each) => each in data)) data[field] = earlier(data[field]);
    }
  }

  /** Forgets what was published; what comes stands behind it all the same. */
  empty(): void {
    this.events = [];
  }

  read(after: number, most: number): Promise<Envelope[]> {
    return Promise.resolve(this.behindPosition(after).slice(0, most));
  }

  onHint(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  behind(position: number): Promise<Behind> {
    const events = this.behindPosition(position);
    const [first] = events;
    const seconds = first ? (Date.now() - Date.parse(first.time)) / 1_000 : 0;
    return Promise.resolve({ events: events.length, seconds });
  }

  private behindPosition = (after: number) =>
    this.events.filter(({ position }) => position > after);
}
