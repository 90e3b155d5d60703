import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { currentTraceparent } from '../tracing/trace-context.js';
import { type Problem, problem, problemOf } from './problem.js';

const RETRY_AFTER_SECONDS = 1;

/** Turns every error of Nest's routes into a problem+json answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerProblem(error, http.getRequest(), http.getResponse());
  }
}

/** Answers an error with what its problem is, and notes what is a fault of ours. */
export function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = problemOf(error);
  // Who hangs up in the middle of a request is told nothing, and is no fault of ours.
  if (request.raw.destroyed && !request.raw.complete) return;
  if (!known || known.status >= 500) report(error, request);
  send(reply, request, known ?? unforeseen);
}

const logger = new Logger('http');

function report(error: unknown, request: FastifyRequest): void {
  const { cause } = error as { cause?: unknown };
  const stack = error instanceof Error ? error.stack : String(error);
  const trace = currentTraceparent()?.split('-')[1] ?? 'none';
  logger.error(
    `${request.method} ${request.routeOptions.url ?? request.url} failed (request ${request.id}, trace ${trace})`,
    cause instanceof Error ? `${stack}\ncaused by ${cause.stack}` : stack,
  );
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
