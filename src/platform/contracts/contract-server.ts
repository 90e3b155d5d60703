import { Logger } from '@nestjs/common';
import { ORPCError, toORPCError } from '@orpc/client';
import { os } from '@orpc/server';
import { RPCHandler } from '@orpc/server/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { ModuleUnavailable } from '../errors.js';
import { INTERNAL_PREFIX, internalRoutes } from '../http/internal.js';
import { underDeadlineOf } from '../wire/deadline.js';
import type { WireGuard } from '../wire/guard.js';
import { promiseOf } from './contract.js';
import type { Answering, ContractRegistry } from './contract-registry.js';
import { QUERIES, queriesSchema } from './query-batch.js';
import { CONTRACTS_PATH } from './remote-contracts.js';

/** Largest request, in bytes: a call within a process has no limit at all. */
const BODY_LIMIT = 16 * 1_024 * 1_024;

interface Address {
  readonly module: string;
  readonly procedure: string;
}

/**
 * Lets modules in other processes call the contracts that are answered here, by oRPC's own protocol.
 * Who calls is known, and may, before anything of a request's body is read.
 *
 * @param registry with all that this process answers
 */
export function serveContracts(
  server: FastifyInstance,
  registry: ContractRegistry,
  guard: WireGuard,
): void {
  const handler = handlerOf(registry.answered());
  internalRoutes(server, (routes) => {
    routes.post<{ Params: Address }>(
      `${CONTRACTS_PATH}/:module/:procedure`,
      {
        bodyLimit: BODY_LIMIT,
        onRequest: async ({ headers, params: { module, procedure } }) => {
          await guard.callerOf(headers, module, `${module}.${procedure}`);
        },
      },
      async (request, reply) => {
        const prefix = `${INTERNAL_PREFIX}${CONTRACTS_PATH}` as const;
        const { matched } = await underDeadlineOf(request.headers, () =>
          handler.handle(request, reply, { prefix, context: { request } }),
        );
        if (!matched) reply.callNotFound();
      },
    );
  });
}

/** What goes with a call: the request that it came in. */
interface Context {
  readonly request: FastifyRequest;
}

function askedFor({ request }: Context): string {
  const { module, procedure } = request.params as Address;
  return `${module}.${procedure}`;
}

function handlerOf(answered: readonly Answering[]) {
  const router = Object.fromEntries(
    answered.map((each) => [each.contract.module, { ...each.router, [QUERIES]: manyOf(each) }]),
  );
  return new RPCHandler<Context>(router, {
    // There are no routes for GET.
    strictGetMethodPluginEnabled: false,
    interceptors: [
      (options) =>
        options.next().catch((error: unknown) => {
          throw tellable(error, askedFor(options.context), options.context.request);
        }),
    ],
    clientInterceptors: [
      (options) => {
        // The guard and oRPC have each read the address, and not by the same parser.
        if (options.path.join('.') === askedFor(options.context)) return options.next();
        throw new Error(`the address leads to ${options.path.join('.')}`);
      },
    ],
  });
}

/** The procedure that answers many queries; there is none that changes anything many times. */
function manyOf({ contract, calls }: Answering) {
  const { module } = contract;
  type Query = z.infer<typeof queriesSchema>[number];
  const answer = async ({ procedure, input }: Query, { request }: Context) => {
    try {
      if (promiseOf(contract, procedure)?.meta.mutates !== false) {
        throw new ModuleUnavailable({ module });
      }
      return { output: await calls[procedure]?.(input) };
    } catch (error) {
      return { error: tellable(error, `${module}.${procedure}`, request).toJSON() };
    }
  };
  return os
    .$context<Context>()
    .input(queriesSchema)
    .handler(({ input, context }) => Promise.all(input.map((query) => answer(query, context))));
}

const logger = new Logger('contracts');

/** What the caller may know of an error: all of a coded one, and of one that nobody foresaw nothing. */
function tellable(
  error: unknown,
  procedure: string,
  { id }: FastifyRequest,
): ORPCError<string, unknown> {
  const known = toORPCError(error) as ORPCError<string, unknown>;
  if (known.defined || known.code === 'BAD_REQUEST') return known;
  logger.error(`${procedure} failed (request ${id})`, (error as Error).stack ?? error);
  return new ORPCError('INTERNAL_SERVER_ERROR');
}
