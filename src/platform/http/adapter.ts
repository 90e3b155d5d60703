import type { IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { v7 } from 'uuid';
import { inRequestTrace } from '../tracing/trace-context.js';
import { problem, problemOf } from './problem.js';
import { send } from './problem.filter.js';
import { keepRawBodies } from './raw-body.js';
import { refuseUnreadable } from './unreadable.js';

/** A request id that a proxy may have given; anything else is replaced, since it lands in logs. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** Milliseconds between two looks for idle connections, while the server closes. */
const SWEEP_INTERVAL = 50;

/** Milliseconds that a client may take to send its request. */
export const REQUEST_TIMEOUT = 30_000;

/**
 * Nest's HTTP server: Fastify, with an id for every request, and problem+json for whatever it
 * refuses before Nest sees it.
 *
 * @param options.bodyLimit bytes
 */
export function httpAdapter({ bodyLimit }: { bodyLimit: number }): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit,
    requestTimeout: REQUEST_TIMEOUT,
    forceCloseConnections: 'idle',
    clientErrorHandler: refuseUnreadable,
    routerOptions: { maxParamLength: 500 },
    genReqId: ({ headers }: IncomingMessage) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : v7();
    },
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      send(
        reply,
        request,
        problemOf(error) ?? problem(400, 'http.refused', 'The request is not valid.'),
      );
    },
  });
  const server = adapter.getInstance();
  server.removeContentTypeParser('text/plain');
  keepRawBodies(server);
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    inRequestTrace(request.headers.traceparent, done);
  });
  server.addHook('preClose', (done) => {
    // Requests in flight finish. Their connections become idle only then, and a client that keeps
    // one open would keep the process from ending.
    const sweep = setInterval(() => server.server.closeIdleConnections(), SWEEP_INTERVAL);
    server.server.once('close', () => clearInterval(sweep));
    done();
  });
  return adapter;
}
