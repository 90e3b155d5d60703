import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { InvalidRequest } from './validation.js';

const HEADER = 'idempotency-key';
const FORM = /^[\x20-\x7e]{1,255}$/;

/** The request's `Idempotency-Key` header, or undefined without one. */
export const IdempotencyKey = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const key = context.switchToHttp().getRequest<FastifyRequest>().headers[HEADER];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && FORM.test(key)) return key;
  const message = 'must be 1 to 255 printable ASCII characters';
  throw new InvalidRequest({ faults: [{ path: 'Idempotency-Key', message }] });
});

/** Tells the API's docs that a route honours the header. */
export const HonoursIdempotencyKey = (): MethodDecorator =>
  applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'The same key with the same body gives the same answer, however often it is sent.',
    }),
  );
