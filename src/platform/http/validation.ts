import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { defineError } from '../errors.js';

const fault = z.strictObject({ path: z.string(), message: z.string() });

/** The body, a parameter or a header does not have the form that the route asks for. */
export class InvalidRequest extends defineError('http.invalid-request', {
  status: 400,
  title: 'The request is not valid.',
  values: z.strictObject({ faults: z.array(fault) }),
}) {}

/** A body with a thousand faults is answered with the first of them. */
const MOST_FAULTS = 20;

/** Validates whatever a route declares with `{ schema }`, and names every fault with its path. */
export class ValidationPipe implements PipeTransform {
  async transform(value: unknown, { schema, data }: ArgumentMetadata): Promise<unknown> {
    if (!schema) return value;
    const result = await schema['~standard'].validate(value);
    if (!result.issues) return result.value;
    throw new InvalidRequest({
      faults: result.issues.slice(0, MOST_FAULTS).map(({ path = [], message }) => ({
        path: [...(data ? [data] : []), ...path.map(keyOf)].join('.'),
        message,
      })),
    });
  }
}

const keyOf = (key: PropertyKey | { key: PropertyKey }) =>
  String(typeof key === 'object' ? key.key : key);
