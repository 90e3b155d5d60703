import { promisify } from 'node:util';
import { constants, gzip as gzipWithCallback } from 'node:zlib';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ModuleUnavailable } from '../errors.js';
import { HostedModules } from '../hosted-modules.js';
import { internalRoutes } from '../http/internal.js';
import { ValidationPipe } from '../http/validation.js';
import { FEED, WireGuard } from '../wire/guard.js';
import { FeedPoll } from './feed-poll.js';
import type { FeedSource } from './feed-source.js';

const gzip = promisify(gzipWithCallback);

/** Bytes that travel in one packet anyway. */
const ONE_PACKET = 1_400;

const natural = (most: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().max(most));

const position = natural(2 ** 48);
const query = z.object({ after: position, most: natural(1_000), wait: natural(10_000) });

interface FeedRequest {
  readonly Params: { readonly module: string };
}

/** Lets other processes read the feeds of the modules that this one hosts. */
@Injectable()
export class FeedServer implements OnModuleDestroy {
  private readonly polls = new Set<FeedPoll>();
  private ending = false;

  constructor(
    private readonly hosted: HostedModules,
    private readonly guard: WireGuard,
  ) {}

  /** Adds the routes to the app's server, which is not yet ready. */
  serve(server: FastifyInstance): void {
    internalRoutes(server, (routes) => {
      routes.get<FeedRequest>('/feeds/:module', async (request, reply) =>
        sendJson(request, reply, await this.read(request, reply)),
      );
      routes.get<FeedRequest>('/feeds/:module/behind', async (request) => {
        const feed = await this.feedOf(request);
        const { after } = await parsed(query.pick({ after: true }), request.query);
        return feed.behind(after);
      });
    });
  }

  private async read(request: FastifyRequest<FeedRequest>, reply: FastifyReply) {
    const feed = await this.feedOf(request);
    const { after, most, wait } = await parsed(query, request.query);
    const poll = new FeedPoll(feed);
    this.polls.add(poll);
    reply.raw.once('close', poll.end);
    if (this.ending) poll.end();
    return poll.read(after, most, wait).finally(() => this.polls.delete(poll));
  }

  /** Ends the requests that wait, since the server waits for these before it closes. */
  onModuleDestroy(): void {
    this.ending = true;
    for (const poll of this.polls) poll.end();
  }

  private async feedOf({ headers, params }: FastifyRequest<FeedRequest>): Promise<FeedSource> {
    const { module } = params;
    await this.guard.callerOf(headers, module, `${module}.${FEED}`);
    const feed = this.hosted.feedOf(module);
    if (!feed) throw new ModuleUnavailable({ module });
    return feed;
  }
}

const parsed = <Schema extends z.ZodType>(schema: Schema, value: unknown) =>
  new ValidationPipe().transform(value, { schema, type: 'query' }) as Promise<z.output<Schema>>;

async function sendJson(request: FastifyRequest, reply: FastifyReply, value: unknown) {
  const text = JSON.stringify(value);
  void reply.type('application/json');
  if (text.length < ONE_PACKET || !/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) {
    return reply.send(text);
  }
  void reply.header('content-encoding', 'gzip');
  return reply.send(await gzip(text, { level: constants.Z_BEST_SPEED }));
}
