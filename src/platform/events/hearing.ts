import { faultPoint } from '../fault.js';
import { withTraceparent } from '../tracing/trace-context.js';
import { type AnyEvent, type Envelope, feedOf, nameOf } from './event.js';
import { type Handle, markedOf } from './hears.js';
import type { Parking } from './cursor.js';

interface Handler {
  readonly handle: Handle;
  readonly batch: boolean;
}

/** Events that follow each other and go to the same handlers. */
export interface Run {
  readonly handlers: readonly Handler[];
  readonly events: Envelope[];
}

/** What is to be done with a batch of events. */
export interface Work {
  readonly runs: Run[];
  readonly parkings: Parking[];
}

/** What one module does with the events of one feed. */
export class Hearing {
  private readonly handlers = new Map<string, Handler[]>();
  private readonly heard = new Map<string, AnyEvent>();
  /** All types that the feed had when this code was written, heard or not. */
  private readonly listed = new Set<string>();
  private readonly heardNames = new Set<string>();

  /** Adds the methods of a provider that hear this feed, behind those that are there. */
  constructor(feed: string, providers: readonly object[]) {
    for (const provider of providers) {
      for (const { method, events, batch } of markedOf(provider)) {
        const handle = (provider as Record<string, Handle>)[method]?.bind(provider) as Handle;
        // One for all of its events, by which a run knows that they go to the same handlers.
        const handler = { handle, batch };
        for (const event of events) {
          if (feedOf(event)?.module === feed) this.add(event, handler);
        }
      }
    }
  }

  private add(event: AnyEvent, handler: Handler): void {
    const { type } = event;
    this.handlers.set(type, [...(this.handlers.get(type) ?? []), handler]);
    this.heard.set(type, event);
    this.heardNames.add(nameOf(type));
    feedOf(event)?.events.forEach((listed) => this.listed.add(listed.type));
  }

  /**
   * Sorts a batch: what is handled, in which runs, and what is put aside. Pure.
   *
   * @param heads the subjects that have parked events, with the position of the first
   * @param failed an event that has been tried often enough
   */
  sort(events: readonly Envelope[], heads: ReadonlyMap<string, number>, failed?: Parking): Work {
    const work: Work = { runs: [], parkings: [] };
    const parkedNow = new Map(heads);
    for (const event of events) {
      const read = this.read(event);
      if (!read) continue;
      const behind = parkedNow.get(event.subject);
      const fault = failed?.event === event ? failed : 'reason' in read ? read : undefined;
      if (behind !== undefined) work.parkings.push({ event, reason: 'behind', behind });
      else if (fault) work.parkings.push(fault);
      else if ('specversion' in read) this.addToRuns(work.runs, read);
      if (fault && behind === undefined) parkedNow.set(event.subject, event.position);
    }
    return work;
  }

  /** The event with its data parsed, or why it cannot be; undefined when nobody here hears it. */
  private read(event: Envelope): Envelope | Parking | undefined {
    const type = this.heard.get(event.type);
    if (type) {
      const parsed = type.data.safeParse(event.data);
      if (parsed.success) return { ...event, data: parsed.data };
      return { event, reason: 'bad payload', error: parsed.error.message };
    }
    if (!this.heardNames.has(nameOf(event.type)) || this.listed.has(event.type)) return undefined;
    const error = `"${event.type}" is a version that this code does not know`;
    return { event, reason: 'unknown version', error };
  }

  private addToRuns(runs: Run[], event: Envelope): void {
    const handlers = this.handlers.get(event.type) ?? [];
    const last = runs.at(-1);
    // A run of several events is worth something only to who takes a list; otherwise each event
    // has all of its handlers before the next one.
    const joins =
      last !== undefined &&
      handlers.some(({ batch }) => batch) &&
      handlers.length === last.handlers.length &&
      handlers.every((handler, index) => handler === last.handlers[index]);
    if (joins) last.events.push(event);
    else runs.push({ handlers, events: [event] });
  }
}

/** Runs the handlers, one after another, each as a part of the trace in which it was published. */
export async function handle(runs: readonly Run[], tx: unknown): Promise<void> {
  for (const { handlers, events } of runs) {
    for (const { handle, batch } of handlers) {
      if (batch) await withTraceparent(traceOf(events), () => handle(events, tx));
      else
        for (const event of events) {
          await withTraceparent(event.traceparent, () => handle(event, tx));
        }
      await faultPoint('events.mid-batch');
    }
  }
}

/** A list may be news of many traces, and is a part of one only if all of it is. */
const traceOf = ([first, ...others]: readonly Envelope[]) =>
  others.every(({ traceparent }) => traceparent === first?.traceparent)
    ? first?.traceparent
    : undefined;
