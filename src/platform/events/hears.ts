import { type AnyEvent, type Envelope, type EventOf } from './event.js';

/** A method that hears events, as its decorator marked it. */
export interface Marked {
  readonly method: string;
  readonly events: readonly AnyEvent[];
  /** Whether it takes a list. */
  readonly batch: boolean;
}

/** Gets events in feed order, inside the transaction that moves the cursor past them. */
export type Handle = (heard: Envelope | Envelope[], tx: unknown) => Promise<unknown>;

type Decorator<Method> = <M extends Method>(
  target: object,
  method: string,
  descriptor: TypedPropertyDescriptor<M>,
) => void;

/** The marked methods of each class, by its prototype. */
const marks = new WeakMap<object, Marked[]>();

/**
 * Marks a method that hears these events one by one: `(event, tx) => Promise<void>`. Whatever it
 * does through `tx` happens once. It touches nothing else.
 */
export const Hears = <E extends [AnyEvent, ...AnyEvent[]]>(
  ...events: E
): Decorator<(event: EventOf<E[number]>, tx: never) => Promise<unknown>> => mark(events, false);

/** As `Hears`, for a method that takes a list: the events that follow each other, in feed order. */
export const HearsBatch = <E extends [AnyEvent, ...AnyEvent[]]>(
  ...events: E
): Decorator<(events: EventOf<E[number]>[], tx: never) => Promise<unknown>> => mark(events, true);

function mark(events: readonly AnyEvent[], batch: boolean) {
  return (target: object, method: string): void => {
    marks.set(target, [...(marks.get(target) ?? []), { method, events, batch }]);
  };
}

/** The methods of a provider that hear events, in the order in which they stand in its class. */
export const markedOf = (provider: object): readonly Marked[] =>
  markedIn(Object.getPrototypeOf(provider) as object);

/** The same of a class, by its prototype. */
export const markedIn = (prototype: object): readonly Marked[] => marks.get(prototype) ?? [];
