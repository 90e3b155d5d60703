import { ORPCError } from '@orpc/client';
import { z } from 'zod';

/**
 * An error that callers are meant to tell apart: a stable code, the values, an HTTP status.
 * It crosses a contract unchanged, in one process or over the wire.
 */
export type CodedError<Code extends string = string, Values = unknown> = ORPCError<Code, Values>;

/** The class of one coded error, and what a contract declares of it. */
export interface ErrorClass<Code extends string, Schema extends z.ZodType> {
  new (values: z.output<Schema>, options?: ErrorOptions): CodedError<Code, z.output<Schema>>;
  readonly code: Code;
  readonly status: number;
  readonly title: string;
  readonly values: Schema;
  /** Whether the error is this one, thrown here or received through a contract. */
  is(error: unknown): error is CodedError<Code, z.output<Schema>>;
}

/** What a contract declares of any coded error. */
export type AnyErrorClass = Pick<
  ErrorClass<string, z.ZodType>,
  'code' | 'status' | 'title' | 'values'
>;

/**
 * Defines a coded error, to be extended by a class that names the situation.
 *
 * @param code stable, `<module>.<situation>`
 * @param options its HTTP status, one sentence for people, and the schema of its values
 */
export function defineError<Code extends string, Schema extends z.ZodType>(
  code: Code,
  options: { status: number; title: string; values: Schema },
): ErrorClass<Code, Schema> {
  const { status, title, values: schema } = options;
  return class extends ORPCError<Code, z.output<Schema>> {
    static readonly code = code;
    static readonly status = status;
    static readonly title = title;
    static readonly values = schema;

    static is(error: unknown): error is CodedError<Code, z.output<Schema>> {
      return error instanceof ORPCError && error.code === code;
    }

    constructor(values: z.output<Schema>, given: ErrorOptions = {}) {
      super(code, { ...given, defined: true, status, message: title, data: values });
    }
  };
}

/** A module cannot answer now; trying again later is the remedy. The one error of any distance. */
export class ModuleUnavailable extends defineError('module.unavailable', {
  status: 503,
  title: 'A module that this request needs cannot answer at present.',
  values: z.strictObject({ module: z.string() }),
}) {}

/** An idempotency key came again with another input, or for another procedure's effect. */
export class KeyReused extends defineError('contract.key-reused', {
  status: 422,
  title: 'This idempotency key was used before with another input.',
  values: z.strictObject({ key: z.string() }),
}) {}
