import { z } from 'zod';
import { currentTraceparent } from '../tracing/trace-context.js';
import { currentWaiting, type Waiting } from '../wire/deadline.js';

/** Under which name many queries of a contract are asked at once; no procedure is named so. */
export const QUERIES = 'queries';

/** Queries that one request may hold. */
export const MOST_QUERIES = 100;

/** What a request of many queries holds. Its answer has an `output` or an `error` for each, in order. */
export const queriesSchema = z
  .array(z.strictObject({ procedure: z.string(), input: z.unknown().optional() }))
  .max(MOST_QUERIES);

/** A query, and who waits for its answer. */
export interface Query {
  readonly procedure: string;
  readonly input: unknown;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Queries of one caller to one callee, all for the same one who waits, and in one trace. */
export interface Batch {
  readonly caller: string;
  readonly callee: string;
  readonly waiting: Waiting | undefined;
  readonly traceparent: string | undefined;
  readonly queries: Query[];
}

/** Gathers the queries that are asked at the same time. */
export class QueryBatches {
  private open: Batch[] = [];

  /** @param send takes a batch of at least one, and settles each of its queries */
  constructor(private readonly send: (batch: Batch) => void) {}

  /** Asks with whatever else is asked of the callee before the process waits for something. */
  add(caller: string, callee: string, procedure: string, input: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const batch = this.batchOf(caller, callee);
      batch.queries.push({ procedure, input, resolve, reject });
      if (batch.queries.length === MOST_QUERIES) this.close(batch);
    });
  }

  private batchOf(caller: string, callee: string): Batch {
    const waiting = currentWaiting();
    const traceparent = currentTraceparent();
    const open = this.open.find(
      (batch) =>
        batch.caller === caller &&
        batch.callee === callee &&
        batch.waiting === waiting &&
        batch.traceparent === traceparent,
    );
    if (open) return open;
    const batch: Batch = { caller, callee, waiting, traceparent, queries: [] };
    this.open.push(batch);
    // After all promises that are settled already, whose continuations may ask as well.
    process.nextTick(() => this.close(batch));
    return batch;
  }

  private close(batch: Batch): void {
    if (!this.open.includes(batch)) return;
    this.open = this.open.filter((each) => each !== batch);
    this.send(batch);
  }
}
