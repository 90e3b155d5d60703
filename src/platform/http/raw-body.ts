import { Transform } from 'node:stream';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const chunksOf = new WeakMap<FastifyRequest, Buffer[]>();

/** Lets a route keep its body's bytes as they came, since a signature is over these. */
export const KeepsRawBody = (): MethodDecorator => RouteConfig({ keepsRawBody: true });

/** The bytes of a request's body, on a route that keeps them. */
export const rawBodyOf = (request: FastifyRequest): Buffer =>
  Buffer.concat(chunksOf.get(request) ?? []);

/** Hooks into those routes only, so that the others pay nothing for it. */
export function keepRawBodies(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    if (!(route.config as { keepsRawBody?: boolean } | undefined)?.keepsRawBody) return;
    route.preParsing = (request, _reply, payload, done) => {
      const chunks: Buffer[] = [];
      chunksOf.set(request, chunks);
      // Beside the parser and not before it, which stops at the largest body that is accepted.
      const tee = new Transform({
        transform(chunk: Buffer, _encoding, next) {
          chunks.push(chunk);
          next(null, chunk);
        },
      });
      done(null, payload.pipe(tee));
    };
  });
}
