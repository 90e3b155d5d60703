import type { KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { AppConfig } from '#config';
import { defineError } from '../errors.js';
import { Placement } from '../placement/placement.js';
import { APP_CONFIG } from '../tokens.js';
import { ExpiringCache } from './expiring-cache.js';
import { publicKeyOf } from './keys.js';
import { type ModuleToken, readToken } from './module-token.js';

/** A request does not prove which module sent it. */
export class Unauthenticated extends defineError('wire.unauthenticated', {
  status: 401,
  title: 'The request does not prove which module sent it.',
  values: z.strictObject({ reason: z.string() }),
}) {}

/** A module asks for what its manifest does not declare. */
export class NotAllowed extends defineError('wire.not-allowed', {
  status: 403,
  title: 'The module that sent the request may not ask for this.',
  values: z.strictObject({ caller: z.string(), scope: z.string() }),
}) {}

/** What is asked for with this word is the feed; no procedure is named so. */
export const FEED = 'feed';

/** Finds out which module sent a request, and whether it may. */
@Injectable()
export class WireGuard {
  private readonly keys: ReadonlyMap<string, KeyObject>;
  private readonly verified = new ExpiringCache<ModuleToken>();

  constructor(
    @Inject(APP_CONFIG) { keys }: AppConfig,
    private readonly placement: Placement,
  ) {
    this.keys = new Map(
      Object.entries(keys.public).map(([module, key]) => [module, publicKeyOf(key)]),
    );
  }

  /**
   * Which module signed a request.
   *
   * @param scope `<callee>.<procedure>`, or `<callee>.feed`
   * @throws {Unauthenticated} when its token is missing, expired, for something else or not genuine
   * @throws {NotAllowed} when the caller's manifest declares no such call, or no such hearing
   */
  async callerOf(
    { authorization = '' }: IncomingHttpHeaders,
    callee: string,
    scope: string,
  ): Promise<string> {
    const token = await this.read(/^Bearer (\S+)$/.exec(authorization)?.[1]);
    if (token.callee !== callee || token.scope !== scope) {
      throw new Unauthenticated({ reason: `the token is for ${token.scope}` });
    }
    const allowed =
      scope === `${callee}.${FEED}`
        ? this.placement.mayHear(token.caller, callee)
        : this.placement.mayCall(token.caller, callee);
    if (!allowed) throw new NotAllowed({ caller: token.caller, scope });
    return token.caller;
  }

  private async read(token: string | undefined): Promise<ModuleToken> {
    if (token === undefined) throw new Unauthenticated({ reason: 'there is no token' });
    const known = this.verified.get(token);
    if (known) return known;
    try {
      const read = await readToken(token, (module) => this.keys.get(module));
      this.verified.set(token, read, read.expires);
      return read;
    } catch (cause) {
      throw new Unauthenticated({ reason: (cause as Error).message }, { cause });
    }
  }
}
