import { Injectable } from '@nestjs/common';
import { createORPCErrorFromJson, isORPCErrorJson, ORPCError } from '@orpc/client';
import { type StandardLinkClient, StandardRPCLink } from '@orpc/client/standard';
import { validateORPCError } from '@orpc/contract';
import { BrokenCircuitError, type IPolicy } from 'cockatiel';
import { ModuleUnavailable } from '../errors.js';
import { INTERNAL_PREFIX } from '../http/internal.js';
import { calleePolicy } from '../wire/callee-policy.js';
import { inTime, timeLeft } from '../wire/deadline.js';
import { Unanswered, Wire } from '../wire/wire.js';
import { type Contract, type ProcedurePromise, promiseOf } from './contract.js';
import { type Batch, QUERIES, type Query, QueryBatches } from './query-batch.js';

/** Milliseconds that a call may take, retries included, when its caller has no less time left. */
const CALL_TIMEOUT = 5_000;

/** Below which every process answers the contracts of the modules that it hosts. */
export const CONTRACTS_PATH = '/contracts';

/** What goes with a call: who calls, and until when by `performance.now()`. */
interface Call {
  readonly caller: string;
  readonly until: number;
}

/** Calls the contracts of modules that run in other processes. */
@Injectable()
export class RemoteContracts {
  private readonly policies = new Map<string, IPolicy>();
  private readonly batches = new QueryBatches((batch) => this.sendBatch(batch));
  private readonly link: StandardRPCLink<Call>;

  constructor(private readonly wire: Wire) {
    const sender: StandardLinkClient<Call> = {
      call: ({ url, body }, { context }, path) =>
        this.send(context, path, url.pathname, JSON.stringify(body)),
    };
    // Only the path counts: where the callee runs is found out for every request.
    const url = `http://wire${INTERNAL_PREFIX}${CONTRACTS_PATH}`;
    this.link = new StandardRPCLink(sender, { url });
  }

  /**
   * Calls one procedure. A query may travel with others.
   *
   * @returns the output, held against the contract
   * @throws {ORPCError} as the callee threw it: coded when the contract declares it, and otherwise
   *   without any detail
   * @throws {ModuleUnavailable} when there is no answer in time, or none that the contract knows
   */
  async call(contract: Contract, name: string, caller: string, input: unknown): Promise<unknown> {
    const { module: callee } = contract;
    const { meta, errorMap, outputSchema } = promiseOf(contract, name) as ProcedurePromise;
    try {
      const output = await (meta.mutates
        ? this.ask(caller, callee, name, input)
        : this.batches.add(caller, callee, name, input));
      const checked = await outputSchema.safeParseAsync(output);
      if (checked.success) return checked.data;
      throw new Unanswered(callee, checked.error);
    } catch (error) {
      if (error instanceof ORPCError) throw await validateORPCError(errorMap, error);
      // It could not be read as oRPC's.
      throw new Unanswered(callee, error);
    }
  }

  private ask(caller: string, callee: string, name: string, input: unknown): Promise<unknown> {
    const milliseconds = Math.min(CALL_TIMEOUT, timeLeft());
    const until = performance.now() + milliseconds;
    // The circuit lets calls wait for the one that is tried, which may have more time than they.
    return inTime(
      milliseconds,
      () => this.link.call([callee, name], input, { context: { caller, until } }),
      () => new Unanswered(callee, new Error(`it took more than ${milliseconds} ms`)),
    );
  }

  private sendBatch({ caller, callee, queries }: Batch): void {
    const [first, ...others] = queries;
    if (first && others.length === 0) {
      this.ask(caller, callee, first.procedure, first.input).then(first.resolve, first.reject);
      return;
    }
    const asked = queries.map(({ procedure, input }) => ({ procedure, input }));
    this.ask(caller, callee, QUERIES, asked).then(
      (answers) => queries.forEach((query, index) => settle(query, answers, index)),
      (error: unknown) => queries.forEach(({ reject }) => reject(error)),
    );
  }

  private async send({ caller, until }: Call, path: readonly string[], url: string, body: string) {
    const [callee = ''] = path;
    const request = {
      caller,
      callee,
      scope: path.join('.'),
      path: url,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    } as const;
    try {
      return await this.policyOf(callee).execute(async () =>
        read(callee, await this.wire.send({ ...request, timeoutMs: until - performance.now() })),
      );
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw new ModuleUnavailable({ module: callee }, { cause: error });
    }
  }

  private policyOf(callee: string): IPolicy {
    const known = this.policies.get(callee);
    if (known) return known;
    const policy = calleePolicy(callee);
    this.policies.set(callee, policy);
    return policy;
  }
}

/** Gives a query its part of the answer to many; `call` holds the output against the contract. */
function settle({ resolve, reject }: Query, answers: unknown, index: number): void {
  const answer: unknown = Array.isArray(answers) ? answers[index] : undefined;
  const { output, error } = (answer ?? {}) as { output?: unknown; error?: unknown };
  if (isORPCErrorJson(error)) reject(createORPCErrorFromJson(error));
  else resolve(output);
}

/** The answer of a contract, as oRPC wants it; whatever else came back is none. */
async function read(callee: string, response: Response) {
  const { status, headers } = response;
  const text = await response.text();
  if (!/^application\/json\b/.test(headers.get('content-type') ?? '')) {
    const cause = new Error(`"${callee}" answered with ${status}: ${text.slice(0, 500)}`);
    // It has understood, and would say the same again.
    const final = status >= 400 && status < 500;
    throw final
      ? new ModuleUnavailable({ module: callee }, { cause })
      : new Unanswered(callee, cause);
  }
  const body = parse(callee, text);
  if (status !== 200 && !isORPCErrorJson(body.json)) {
    throw new Unanswered(callee, new Error(`it was answered with ${status}`));
  }
  return { status, headers: {}, body: () => Promise.resolve(body) };
}

function parse(callee: string, text: string): { readonly json?: unknown } {
  try {
    return Object(JSON.parse(text)) as object;
  } catch (cause) {
    throw new Unanswered(callee, cause);
  }
}
