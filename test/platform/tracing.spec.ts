import { setImmediate as later } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { context, trace, TraceFlags } from '@opentelemetry/api';
import { httpAdapter } from '#platform/http/adapter';
import {
  currentTraceparent,
  inRequestTrace,
  withTraceparent,
} from '#platform/tracing/trace-context';
import { type Send, sender } from '../support/sender.js';

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const GIVEN = `00-${ID}-00f067aa0ba902b7-01`;
const NEW = /^00-[\da-f]{32}-[\da-f]{16}-00$/;

describe('a trace', () => {
  it('is there for the work that is a part of it, and for nothing else', async () => {
    const seen = await withTraceparent(GIVEN, async () => {
      await later();
      return currentTraceparent();
    });
    expect(seen).toBe(GIVEN);
    expect(currentTraceparent()).toBeUndefined();
  });

  it('is not mixed up with another one at the same time', async () => {
    const others = Array.from({ length: 20 }, (_, n) => GIVEN.replace('b7-01', `${10 + n}-01`));
    const seen = others.map((each) =>
      withTraceparent(each, async () => {
        await later();
        return currentTraceparent();
      }),
    );
    expect(await Promise.all(seen)).toEqual(others);
  });

  it.each([
    undefined,
    null,
    '',
    'x',
    GIVEN.toUpperCase(),
    `${GIVEN}-more`,
    GIVEN.replace('00', 'ff'),
    GIVEN.replace(ID, '0'.repeat(32)),
    GIVEN.replace('00f067aa0ba902b7', '0'.repeat(16)),
    [GIVEN],
  ])('is not read from %j', (given) => {
    expect(withTraceparent(given, currentTraceparent)).toBeUndefined();
  });

  it('is read from a later version of the header, in which more may follow', () => {
    expect(withTraceparent(`01${GIVEN.slice(2)}-more`, currentTraceparent)).toBe(GIVEN);
  });

  it('is the one of a tracing SDK, where there is one', () => {
    const span = { traceId: ID, spanId: '1'.repeat(16), traceFlags: TraceFlags.SAMPLED };
    const seen = context.with(trace.setSpanContext(context.active(), span), () =>
      inRequestTrace(GIVEN, currentTraceparent),
    );
    expect(seen).toBe(`00-${ID}-${'1'.repeat(16)}-01`);
  });
});

@Controller('traced')
class TracedController {
  @Post()
  async seen(): Promise<{ traceparent?: string | undefined }> {
    await later();
    return { traceparent: currentTraceparent() };
  }
}

@Module({ controllers: [TracedController] })
class TracedModule {}

describe('a request', () => {
  let app: NestFastifyApplication;
  let send: Send;

  beforeAll(async () => {
    const adapter = httpAdapter({ bodyLimit: 1_000_000 });
    const options = { logger: false, bodyParser: false } as const;
    app = await NestFactory.create<NestFastifyApplication>(TracedModule, adapter, options);
    await app.listen(0, '127.0.0.1');
    send = sender(await app.getUrl());
  });
  afterAll(() => app.close());

  it('is a part of the trace that its header names, also when its body comes in parts', async () => {
    const body = { text: 'x'.repeat(500_000) };
    const { body: answer } = await send('POST', '/traced', body, { traceparent: GIVEN });
    expect(answer).toEqual({ traceparent: GIVEN });
  });

  it.each([{}, { traceparent: 'none' }])('begins a trace of its own with %j', async (headers) => {
    const [one, other] = await Promise.all([
      send('POST', '/traced', {}, headers as Record<string, string>),
      send('POST', '/traced', {}, headers as Record<string, string>),
    ]);
    expect(one?.body.traceparent).toMatch(NEW);
    expect(other?.body.traceparent).toMatch(NEW);
    expect(one?.body.traceparent).not.toBe(other?.body.traceparent);
  });
});
