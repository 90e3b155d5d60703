import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { v7 } from 'uuid';
import { problem } from './problem.js';

const STATUSES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

const PROBLEMS: Readonly<Record<number, [code: string, title: string]>> = {
  400: ['http.malformed-request', 'This is not a request that HTTP knows.'],
  408: ['http.request-timeout', 'The request took too long to arrive.'],
  431: ['http.headers-too-large', 'The headers are too large.'],
};

/** Answers what Node's parser could not read as HTTP: there is no request yet, only a socket. */
export function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = STATUSES[error.code ?? ''] ?? 400;
  const [code, title] = PROBLEMS[status] as [string, string];
  const requestId = v7();
  const body = JSON.stringify({ ...problem(status, code, title), requestId });
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'content-type: application/problem+json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      `x-request-id: ${requestId}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
