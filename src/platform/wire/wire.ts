import { type KeyObject, randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { AppConfig } from '#config';
import { ModuleUnavailable } from '../errors.js';
import { Placement } from '../placement/placement.js';
import { APP_CONFIG } from '../tokens.js';
import { currentTraceparent } from '../tracing/trace-context.js';
import { Connections } from './connections.js';
import { DEADLINE_HEADER } from './deadline.js';
import { ExpiringCache } from './expiring-cache.js';
import { privateKeyOf } from './keys.js';
import { issueToken, type ModuleToken, TOKEN_LIFETIME } from './module-token.js';

/** A request from one module to the process that hosts another. */
export interface WireRequest extends ModuleToken {
  /** Below the internal URL of that process, such as `/internal/feeds/notes`. */
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the answer may take; the callee is told, and has no longer either. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** No answer came, or nothing that is one: asking once more may help. */
export class Unanswered extends ModuleUnavailable {
  constructor(module: string, cause: unknown) {
    super({ module }, { cause });
  }
}

/** Sends what modules ask of modules in other processes. */
@Injectable()
export class Wire implements OnApplicationShutdown {
  private readonly keys: ReadonlyMap<string, KeyObject>;
  private readonly tokens = new ExpiringCache<string>();
  private readonly connections = new Connections();
  private readonly id = randomUUID();
  private sent = 0;

  constructor(
    @Inject(APP_CONFIG) { keys }: AppConfig,
    private readonly placement: Placement,
  ) {
    this.keys = new Map(
      Object.entries(keys.private).map(([module, key]) => [module, privateKeyOf(key)]),
    );
  }

  /**
   * Sends a request that its caller has signed, once.
   *
   * @returns the answer, read to its end, whatever its status is
   * @throws {Unanswered} when the process cannot be reached, does not answer in time, or something
   *   answers that is not one of ours or says itself that it cannot
   * @throws {ModuleUnavailable} without sending anything, when nobody hosts the callee or no time is left
   */
  async send(request: WireRequest): Promise<Response> {
    const { callee, path, method, body } = request;
    const timeoutMs = Math.floor(request.timeoutMs);
    if (timeoutMs < 1) throw unavailable(callee, 'there is no time left to ask it');
    const url = this.placement.urlOf(callee);
    if (url === undefined) throw unavailable(callee, 'it is not known where it runs');
    const traceparent = currentTraceparent();
    const headers = {
      ...request.headers,
      ...(traceparent && { traceparent }),
      authorization: `Bearer ${await this.tokenFor(request)}`,
      [DEADLINE_HEADER]: String(timeoutMs),
      'x-request-id': `${this.id}-${++this.sent}`,
    };
    const { signal } = request;
    const exchange = { method, headers, body, timeoutMs, signal };
    const answer = await this.connections
      .exchange(url.replace(/\/$/, '') + path, exchange)
      .catch((cause: unknown) => {
        throw new Unanswered(callee, cause);
      });
    if (isAnswer(answer)) return answer;
    throw new Unanswered(callee, new Error(`it was answered with ${answer.status}`));
  }

  onApplicationShutdown(): void {
    this.connections.close();
  }

  private async tokenFor({ caller, callee, scope }: ModuleToken): Promise<string> {
    const wanted = `${caller} ${callee} ${scope}`;
    const known = this.tokens.get(wanted);
    if (known !== undefined) return known;
    const key = this.keys.get(caller);
    if (!key) throw unavailable(callee, `there is no private key here of "${caller}"`);
    const token = await issueToken(key, { caller, callee, scope });
    // Anew in good time: it must still be good when it arrives.
    this.tokens.set(wanted, token, Date.now() + (TOKEN_LIFETIME * 1_000) / 2);
    return token;
  }
}

const unavailable = (module: string, reason: string) =>
  new ModuleUnavailable({ module }, { cause: new Error(`"${module}" was not asked: ${reason}`) });

/** A contract answers with one of these statuses and JSON when it says so itself, of another module. */
const isAnswer = ({ status, headers }: Response) =>
  ![502, 503, 504].includes(status) ||
  /^application\/json\b/.test(headers.get('content-type') ?? '');
