import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { answerProblem } from './problem.filter.js';
import { refuseUnreadable } from './unreadable.js';

/** Under which other processes find what the public is not shown. */
export const INTERNAL_PREFIX = '/internal';

/** By which a process says that it passes on what somebody else asks. */
export const PROXIED_BY = 'x-proxied-by';

/** Connections that came in through an internal listener. */
const internalSockets = new WeakSet<Socket>();

/** Whether a request came in through the internal listener. */
export const isInternal = (request: FastifyRequest): boolean =>
  internalSockets.has(request.raw.socket);

/**
 * Registers routes under `/internal` that only the internal listener answers: on the public one
 * there is nothing at their addresses. Errors become problem+json, as elsewhere.
 */
export function internalRoutes(
  server: FastifyInstance,
  register: (routes: FastifyInstance) => void,
): void {
  void server.register(
    (routes, _options, done) => {
      routes.addHook('onRequest', (request, reply, next) => {
        // What another process passes on comes from the public.
        if (isInternal(request) && request.headers[PROXIED_BY] === undefined) next();
        else reply.callNotFound();
      });
      routes.setErrorHandler((error: FastifyError, request, reply) =>
        answerProblem(error, request, reply),
      );
      register(routes);
      done();
    },
    { prefix: INTERNAL_PREFIX },
  );
}

/**
 * Lets the app answer on a second address too, where it also shows the internal routes. Ends with
 * the app.
 *
 * @param server the app's own, not yet ready
 */
export class InternalListener {
  protected readonly listener: Server;

  constructor(server: FastifyInstance, requestTimeout: number) {
    this.listener = createServer({ requestTimeout }, (request, response) =>
      server.routing(request, response),
    );
    this.listener.on('connection', (socket: Socket) => internalSockets.add(socket));
    this.listener.on('clientError', refuseUnreadable);
    server.addHook('preClose', (done) => this.close(done));
  }

  /** @returns the port, which is a free one when 0 was asked for */
  async listen({ host, port }: { host: string; port: number }): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.listener.once('error', reject);
      this.listener.listen(port, host, () => resolve());
    });
    return (this.listener.address() as AddressInfo).port;
  }

  /** Lets the requests in flight finish, and takes no others. */
  private close(done: () => void): void {
    if (!this.listener.listening) return done();
    const sweep = setInterval(() => this.listener.closeIdleConnections(), SWEEP_INTERVAL);
    this.listener.close(() => {
      clearInterval(sweep);
      done();
    });
  }
}

/** Milliseconds between two looks for idle connections, while the listener closes. */
const SWEEP_INTERVAL = 50;
