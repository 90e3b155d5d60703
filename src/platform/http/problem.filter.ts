import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Problem, problem, problemOf } from './problem.js';

const RETRY_AFTER_SECONDS = 1;

/** Turns every error into a problem+json answer; this is the only place that does. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const known = problemOf(error);
    // Who hangs up in the middle of a request is told nothing, and is no fault of ours.
    if (request.raw.destroyed && !request.raw.complete) return;
    if (!known || known.status >= 500) this.report(error, request);
    send(http.getResponse<FastifyReply>(), request, known ?? unforeseen);
  }

  private report(error: unknown, request: FastifyRequest): void {
    const { cause } = error as { cause?: unknown };
    const stack = error instanceof Error ? error.stack : String(error);
    this.logger.error(
      `${request.method} ${request.routeOptions.url ?? request.url} failed (request ${request.id})`,
      cause instanceof Error ? `${stack}\ncaused by ${cause.stack}` : stack,
    );
  }
}

const unforeseen = problem(500, 'http.internal-error', 'Something went wrong on our side.', {
  detail: 'It was noted under the request id.',
});

/** Sends a problem, with the request's id in it. */
export function send(reply: FastifyReply, request: FastifyRequest, found: Problem): void {
  if (found.status === 503) void reply.header('retry-after', RETRY_AFTER_SECONDS);
  void reply
    .status(found.status)
    // What the framework refuses by itself has passed no hook that would have set it.
    .header('x-request-id', request.id)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send({ ...found, requestId: request.id });
}
