import type { IncomingHttpHeaders } from 'node:http';
import { hostname } from 'node:os';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ModuleUnavailable } from '../errors.js';
import { PROXIED_BY } from '../http/internal.js';
import { problemOf } from '../http/problem.js';
import { answerProblem } from '../http/problem.filter.js';
import { currentTraceparent } from '../tracing/trace-context.js';
import type { Placement } from './placement.js';
import type { PublicRoute } from './public-routes.js';
import { requestTo } from './request-to.js';

/** What concerns one connection and not the message (RFC 9110, 7.6.1); `expect` was met here. */
const HOP_BY_HOP = [
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/**
 * Passes the public requests to modules that other processes host on to these, and their answers
 * back, as they are: so that a client need not know where a module runs.
 *
 * @param modules their routes, by module
 * @param server the app's own, not yet ready
 */
export function answerElsewhere(
  server: FastifyInstance,
  modules: ReadonlyMap<string, readonly PublicRoute[]>,
  placement: Placement,
): void {
  void server.register((routes, _options, done) => {
    // Bodies are not read: a signature is over their bytes, and a limit is the other's to set.
    routes.removeAllContentTypeParsers();
    routes.addContentTypeParser('*', (_request, payload, next) => next(null, payload));
    for (const [module, own] of modules) {
      for (const { method, url } of own) {
        routes.route({
          method: method === 'ALL' ? routes.supportedMethods : method,
          url,
          handler: (request, reply) => pass(request, reply, placement.urlOf(module)),
          errorHandler: (cause, request, reply) => {
            // Who has hung up is told nothing.
            if (reply.raw.destroyed) return;
            // What the framework refuses by itself is refused wherever the module runs.
            const refused = problemOf(cause) !== undefined;
            const error = refused ? cause : new ModuleUnavailable({ module }, { cause });
            answerProblem(error, request, reply);
          },
        });
      }
    }
    done();
  });
}

async function pass(request: FastifyRequest, reply: FastifyReply, url: string | undefined) {
  if (url === undefined) throw new Error('it is not known where it runs');
  // Two processes that each believe that the other hosts the module would go on for ever.
  if (request.headers[PROXIED_BY] !== undefined) throw new Error('it was thought to run here');
  const answer = await requestTo(url, request.raw, reply.raw, headersFor(request));
  const status = answer.statusCode as number;
  return reply.status(status).headers(endToEnd(answer.headers)).send(answer);
}

function headersFor(request: FastifyRequest): IncomingHttpHeaders {
  const { headers, ip, protocol, id } = request;
  return {
    ...endToEnd(headers),
    ...framingOf(headers),
    'x-forwarded-for': [headers['x-forwarded-for'], ip].filter(Boolean).join(', '),
    'x-forwarded-host': headers['x-forwarded-host'] ?? headers.host ?? '',
    'x-forwarded-proto': headers['x-forwarded-proto'] ?? protocol,
    'x-request-id': id,
    traceparent: currentTraceparent(),
    [PROXIED_BY]: hostname(),
  };
}

/**
 * How the end of the body is found, whatever the client says to be its connection's own: without it,
 * Node would send the body of a GET or a DELETE as if it were a request of its own.
 */
const framingOf = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  'transfer-encoding' in headers
    ? { 'transfer-encoding': 'chunked' }
    : 'content-length' in headers
      ? { 'content-length': headers['content-length'] }
      : {};

/** The headers that travel on, without `host`, which names this process. */
function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const dropped = new Set(['host', ...HOP_BY_HOP, ...named]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)));
}
