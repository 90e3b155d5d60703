import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';

/** States a route's status and the schema of its answer, for Nest and for the API's docs. */
export const Answers = (status: number, schema: z.ZodType): MethodDecorator =>
  applyDecorators(
    HttpCode(status),
    ApiResponse({
      status,
      description: 'The answer',
      schema: z.toJSONSchema(schema, { io: 'input', target: 'openapi-3.0' }) as object,
    }),
  );
