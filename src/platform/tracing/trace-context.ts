import { randomBytes } from 'node:crypto';
import {
  context,
  isSpanContextValid,
  type SpanContext,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';

/** W3C Trace Context: in version 00 nothing follows the flags; in a later one, something may. */
const TRACEPARENT = /^(?!ff|00.{54})[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-|$)/;

// Without one, the API carries nothing. Where a tracing SDK was loaded before, this one is refused.
context.setGlobalContextManager(new AsyncLocalStorageContextManager());

/** The W3C `traceparent` of what is under way here, or undefined outside of any trace. */
export function currentTraceparent(): string | undefined {
  const span = trace.getSpanContext(context.active());
  if (!span || !isSpanContextValid(span)) return undefined;
  const { traceId, spanId, traceFlags } = span;
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/**
 * Does some work as a part of a trace.
 *
 * @param traceparent as a header, a feed or a saga has it; without a valid one, nothing changes
 */
export function withTraceparent<T>(traceparent: unknown, work: () => T): T {
  const span = spanOf(traceparent);
  return span ? within(span, work) : work();
}

/**
 * Does the work of a request: in the trace where a tracing SDK has put it, or else in the one that
 * its header names, or else in a new one, which nobody records.
 */
export const inRequestTrace = <T>(traceparent: unknown, work: () => T): T =>
  currentTraceparent() ? work() : within(spanOf(traceparent) ?? newSpan(), work);

const within = <T>(span: SpanContext, work: () => T): T =>
  context.with(trace.setSpanContext(context.active(), span), work);

const newSpan = (): SpanContext => ({
  traceId: randomBytes(16).toString('hex'),
  spanId: randomBytes(8).toString('hex'),
  traceFlags: TraceFlags.NONE,
});

function spanOf(traceparent: unknown): SpanContext | undefined {
  if (typeof traceparent !== 'string') return undefined;
  const [, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(traceparent) ?? [];
  const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(span) ? span : undefined;
}
