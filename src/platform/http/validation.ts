import { StandardSchemaValidationPipe } from '@nestjs/common';
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

/** Validates whatever a route declares with `{ schema }`, and names every fault. */
export const validationPipe = () =>
  new StandardSchemaValidationPipe({
    exceptionFactory: (issues) =>
      new InvalidRequest({
        faults: issues.slice(0, MOST_FAULTS).map(({ path = [], message }) => ({
          path: path.map((key) => String(typeof key === 'object' ? key.key : key)).join('.'),
          message,
        })),
      }),
  });
