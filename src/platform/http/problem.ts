import { HttpException } from '@nestjs/common';
import { ORPCError } from '@orpc/client';

/** An error as a client sees it: RFC 9457, with a stable code, the values and the request's id. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly values?: unknown;
  readonly requestId?: string;
}

/** An error of Fastify itself, such as a body that is too large. */
interface FrameworkError {
  readonly code: string;
  readonly statusCode: number;
  readonly message: string;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request is not valid.',
  404: 'There is nothing at this address.',
  405: 'This method is not supported here.',
  406: 'None of the accepted types can be given.',
  408: 'The request took too long to arrive.',
  413: 'The body is too large.',
  414: 'The address is too long.',
  415: 'The body must be JSON: send it with the header "content-type: application/json".',
  429: 'There were too many requests.',
  431: 'The headers are too large.',
  503: 'The server cannot answer at present.',
};

/** Codes for what the framework itself refuses, by status. */
const CODES: Readonly<Record<number, string>> = {
  404: 'http.not-found',
  413: 'http.body-too-large',
  415: 'http.unsupported-media-type',
  503: 'http.unavailable',
};

export const problem = (
  status: number,
  code: string,
  title: string,
  rest: Pick<Problem, 'detail' | 'values'> = {},
): Problem => ({ type: `urn:problem:${code}`, title, status, code, ...rest });

/**
 * What a client is told of an error, or undefined for one that nobody foresaw: of that one,
 * nothing is told but that it happened.
 */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof ORPCError) {
    const { code, status, message, data } = error as ORPCError<string, unknown>;
    return error.defined ? problem(status, code, message, { values: data }) : undefined;
  }
  if (error instanceof HttpException) return problemOfHttp(error);
  return isFrameworkError(error) ? problemOfFramework(error) : undefined;
}

function problemOfHttp(error: HttpException): Problem | undefined {
  // What this code refuses by itself is an InvalidRequest: a plain 400 comes from the JSON parser.
  if (error.getStatus() === 400) return malformed(error.message);
  return problemOfStatus(error.getStatus());
}

const malformed = (detail: string) =>
  problem(400, 'http.malformed-body', 'The body cannot be read as JSON.', { detail });

function problemOfStatus(status: number): Problem | undefined {
  const title = TITLES[status];
  if (title === undefined || status === 500) return undefined;
  return problem(status, CODES[status] ?? 'http.refused', title);
}

function problemOfFramework({ code, statusCode, message }: FrameworkError): Problem | undefined {
  if (statusCode >= 500) return undefined;
  if (statusCode !== 400)
    return problemOfStatus(statusCode) ?? problem(statusCode, 'http.refused', message);
  if (/JSON|BODY|CONTENT_LENGTH/.test(code)) return malformed(message);
  return problem(400, 'http.invalid-request', 'The request is not valid.', { detail: message });
}

const isFrameworkError = (error: unknown): error is FrameworkError =>
  error instanceof Error && typeof (error as Partial<FrameworkError>).statusCode === 'number';
