import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { FEED } from '../wire/guard.js';
import type { Wire } from '../wire/wire.js';
import type { Envelope } from './event.js';
import type { FeedSource } from './feed-source.js';
import type { Behind } from './lag.js';

/** Milliseconds that an empty read lasts: well below the hold on the cursor, which is renewed between two reads. */
const WAIT = 1_000;
/** Milliseconds after which a read has failed. */
const TIMEOUT = WAIT + 2_000;

const behind = z.object({ events: z.int().min(0), seconds: z.number().min(0) });

/** The feed of a module that another process hosts, read over HTTP. */
export class RemoteFeed implements FeedSource {
  readonly waits = true;
  private readonly events: z.ZodType<Envelope[]>;

  /** @param hearer the module that reads it */
  constructor(
    readonly module: string,
    private readonly hearer: string,
    private readonly wire: Pick<Wire, 'send'>,
  ) {
    this.events = eventsOf(module);
  }

  async read(after: number, most: number, signal?: AbortSignal): Promise<Envelope[]> {
    const begun = Date.now();
    const answer = await this.ask(`?after=${after}&most=${most}&wait=${WAIT}`, signal);
    const { data: events, error } = this.events.safeParse(answer);
    if (!events) throw this.refused(error.issues[0]?.message);
    if (!follow(events, after, most)) throw this.refused(`these are not the ones behind ${after}`);
    // A publisher that is about to end does not wait, and would be asked again and again.
    if (events.length === 0) await rest(begun + WAIT - Date.now(), signal);
    return events;
  }

  /** There are none: a read that waits ends with the publisher's own hint. */
  onHint(): () => void {
    return () => undefined;
  }

  async behind(position: number): Promise<Behind> {
    return behind.parse(await this.ask(`/behind?after=${position}`));
  }

  private async ask(path: string, signal?: AbortSignal): Promise<unknown> {
    const response = await this.wire.send({
      caller: this.hearer,
      callee: this.module,
      scope: `${this.module}.${FEED}`,
      method: 'GET',
      path: `/internal/feeds/${this.module}${path}`,
      headers: { 'accept-encoding': 'gzip' },
      timeoutMs: TIMEOUT,
      signal,
    });
    if (response.ok) return response.json();
    throw new Error(`the feed of "${this.module}" is not given: status ${response.status}`);
  }

  private refused(why = 'no events'): Error {
    return new Error(`the feed of "${this.module}" was answered with what it is not: ${why}`);
  }
}

/** A list of envelopes of one module. What does not fit would fail later, where events are parked. */
const eventsOf = (module: string) =>
  z.array(
    z.object({
      specversion: z.literal('1.0'),
      id: z.guid(),
      source: z.literal(`/${module}`),
      type: z.string().startsWith(`${module}.`),
      subject: z.string(),
      time: z.iso.datetime(),
      datacontenttype: z.literal('application/json'),
      data: z.looseObject({}),
      position: z.int().max(2 ** 48),
      traceparent: z.string().exactOptional(),
    }),
  );

/** Whether these are the next ones: another read's answer would move the cursor past what was not given. */
const follow = (events: readonly Envelope[], after: number, most: number): boolean =>
  events.length <= most &&
  events.every(({ position }, index) => position > (events[index - 1]?.position ?? after));

const rest = (milliseconds: number, signal?: AbortSignal) =>
  milliseconds > 0 ? pause(milliseconds, undefined, signal && { signal }) : undefined;
