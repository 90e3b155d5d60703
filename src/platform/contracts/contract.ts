import { type ContractProcedure, type ErrorMap, type Meta, oc } from '@orpc/contract';
import { z } from 'zod';
import { type AnyErrorClass, KeyReused, ModuleUnavailable } from '../errors.js';
import type { FEED } from '../wire/guard.js';
import type { QUERIES } from './query-batch.js';

/** The errors of a procedure as oRPC declares them. */
type ErrorsOf<Errors extends AnyErrorClass> = {
  [E in Errors as E['code']]: { status: number; message: string; data: E['values'] };
};

type Procedure<
  Input extends z.ZodType,
  Output extends z.ZodType,
  Errors extends AnyErrorClass,
> = ContractProcedure<
  Input,
  Output,
  ErrorsOf<Errors | typeof ModuleUnavailable>,
  { mutates: boolean }
>;

/** What other modules may call: typed procedures under the name of the module that answers. */
export interface Contract<
  Procedures extends Record<string, AnyProcedure> = Record<string, AnyProcedure>,
> {
  readonly module: string;
  readonly procedures: Procedures;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- oRPC's own AnyContractProcedure is not assignable from one with meta
export type AnyProcedure = ContractProcedure<any, any, ErrorMap, any>;

/** What a procedure promises. */
export interface ProcedurePromise {
  readonly meta: { readonly mutates: boolean };
  readonly errorMap: ErrorMap;
  readonly outputSchema: z.ZodType;
}

/** What a contract promises of a procedure; undefined when it has none of that name. */
export const promiseOf = ({ procedures }: Contract, name: string): ProcedurePromise | undefined =>
  Object.hasOwn(procedures, name)
    ? (procedures[name]?.['~orpc'] as ProcedurePromise | undefined)
    : undefined;

/** A client of a contract: each procedure as a function from its input to its output. */
export type ContractClient<C extends Contract> = {
  readonly [Name in keyof C['procedures']]: (
    input: InputOf<C['procedures'][Name]>,
  ) => Promise<OutputOf<C['procedures'][Name]>>;
};

/** What the answering module implements: validated inputs in, outputs to be validated out. */
export type Implementation<C extends Contract> = {
  [Name in keyof C['procedures']]: (
    input: ParsedInputOf<C['procedures'][Name]>,
  ) => Promise<UnparsedOutputOf<C['procedures'][Name]>>;
};

type SchemasOf<P> =
  P extends ContractProcedure<infer Input, infer Output, ErrorMap, Meta>
    ? [Input & z.ZodType, Output & z.ZodType]
    : never;
type InputOf<P> = z.input<SchemasOf<P>[0]>;
type ParsedInputOf<P> = z.output<SchemasOf<P>[0]>;
type OutputOf<P> = z.output<SchemasOf<P>[1]>;
type UnparsedOutputOf<P> = z.input<SchemasOf<P>[1]>;

interface ProcedureOptions<Input, Output, Errors> {
  input: Input;
  output: Output;
  errors?: readonly Errors[];
}

const builder = oc.$meta({ mutates: false });

function errorsOf<E extends AnyErrorClass>(errors: readonly E[]) {
  return Object.fromEntries(
    [...errors, ModuleUnavailable].map(({ code, status, title, values }) => [
      code,
      { status, message: title, data: values },
    ]),
  ) as ErrorsOf<E | typeof ModuleUnavailable>;
}

/** A procedure that only reads. */
export function query<
  Input extends z.ZodType,
  Output extends z.ZodType,
  Errors extends AnyErrorClass = never,
>(options: ProcedureOptions<Input, Output, Errors>): Procedure<Input, Output, Errors> {
  return builder
    .errors(errorsOf<Errors>(options.errors ?? []))
    .input(options.input)
    .output(options.output);
}

/** The idempotency key that every mutation takes: the same key with the same input acts once. */
export const idempotencyKey = z.string().min(1).max(255);

/**
 * A procedure that changes something. Its input gets a `key`: repeating a call with the same key
 * and input gives the remembered answer, so retrying is always safe.
 */
export function mutation<
  Shape extends z.ZodRawShape,
  Output extends z.ZodType,
  Errors extends AnyErrorClass = never,
>(options: ProcedureOptions<z.ZodObject<Shape, z.core.$strict>, Output, Errors>) {
  return builder
    .meta({ mutates: true })
    .errors(errorsOf<Errors | typeof KeyReused>([...(options.errors ?? []), KeyReused]))
    .input(options.input.extend({ key: idempotencyKey }))
    .output(options.output);
}

/** These are taken: across processes, what is asked for by these words is the feed, and many queries. */
interface Taken {
  readonly [FEED]?: never;
  readonly [QUERIES]?: never;
}

/** Puts a module's procedures under its name. */
export const defineContract = <Procedures extends Record<string, AnyProcedure>>(
  module: string,
  procedures: Procedures & Taken,
): Contract<Procedures> => ({ module, procedures });
