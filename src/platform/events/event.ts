import type { z } from 'zod';

/** One kind of event: a stable name with a version, and the schema of what it tells. */
export interface EventType<Type extends string, Data extends DataSchema> {
  readonly type: Type;
  /** Parses what it tells. */
  readonly data: Data;
  /** The id of what it is about; events of one subject stay in order even when one is parked. */
  subject(data: z.output<Data>): string;
}

/** An event's data is an object of what JSON can hold, so that it reads back as it was written. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- strict and loose objects of any shape
export type DataSchema = z.ZodObject<any, any>;

/** What is common to all event types. */
export type AnyEvent = EventType<string, DataSchema>;

/** What an event of this type tells. */
export type DataOf<E extends AnyEvent> = E extends AnyEvent ? z.output<E['data']> : never;

/** An event as it is heard: a CloudEvents 1.0 envelope, with its position in the feed. */
export interface Envelope<Type extends string = string, Data = unknown> {
  readonly specversion: '1.0';
  /** A UUID. */
  readonly id: string;
  /** `/<module>`. */
  readonly source: string;
  readonly type: Type;
  readonly subject: string;
  /** When it was appended, ISO 8601. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: Data;
  /** Where it stands in its feed; at most 2^48, so that a number holds it. */
  readonly position: number;
  readonly traceparent?: string;
}

/** The envelope of events of this type; of a union of types, the union of envelopes. */
export type EventOf<E extends AnyEvent> = E extends AnyEvent
  ? Envelope<E['type'], z.output<E['data']>>
  : never;

/** What a module publishes. */
export interface Feed {
  readonly module: string;
  readonly events: readonly AnyEvent[];
}

/** Which feed lists an event. */
const feeds = new WeakMap<AnyEvent, Feed>();

/**
 * Defines an event. Its meaning and schema never change; a change is a new version beside it.
 *
 * @param type `<module>.<what-happened>.v<version>`
 */
export const defineEvent = <Type extends `${string}.${string}.v${number}`, Data extends DataSchema>(
  type: Type,
  given: { subject: (data: z.output<Data>) => string; data: Data },
): EventType<Type, Data> => ({ type, ...given });

/**
 * Lists the events that a module publishes.
 *
 * @throws {Error} when one is another module's, or listed twice
 */
export function defineFeed(module: string, events: readonly AnyEvent[]): Feed {
  const feed = { module, events };
  for (const event of events) {
    if (moduleOf(event) !== module) {
      throw new Error(`The feed of "${module}" lists "${event.type}", which is another module's.`);
    }
    if (events.filter(({ type }) => type === event.type).length > 1) {
      throw new Error(`The feed of "${module}" lists "${event.type}" twice.`);
    }
    feeds.set(event, feed);
  }
  return feed;
}

/** The module whose event it is, by its name. */
export const moduleOf = ({ type }: AnyEvent): string => type.slice(0, type.indexOf('.'));

/** An event's name without its version. */
export const nameOf = (type: string): string => type.slice(0, type.lastIndexOf('.'));

/** The feed that lists an event, if one does. */
export const feedOf = (event: AnyEvent): Feed | undefined => feeds.get(event);
