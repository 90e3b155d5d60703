import {
  Agent,
  type AgentOptions,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as plainRequest,
  type ServerResponse,
} from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';

/** Milliseconds that a connection may take. */
const CONNECT_TIMEOUT = 5_000;
/** Milliseconds that may pass without a byte, either way. */
const SILENCE = 60_000;

const OPTIONS: AgentOptions = {
  keepAlive: true,
  // Shorter than any server keeps an idle connection, so that no request meets its end.
  timeout: 4_000,
};
const agent = new Agent(OPTIONS);
const secureAgent = new SecureAgent(OPTIONS);

/**
 * Sends a request on to another server, with its path and its body as they came, while they come.
 * It is given up when the client is gone.
 *
 * @param url of the other server, of which the origin counts
 * @param headers sent in place of the request's own
 * @throws whatever kept the other server from answering
 */
export function requestTo(
  url: string,
  request: IncomingMessage,
  response: ServerResponse,
  headers: IncomingHttpHeaders,
): Promise<IncomingMessage> {
  const secure = url.startsWith('https:');
  const onward = (secure ? secureRequest : plainRequest)(new URL(url), {
    agent: secure ? secureAgent : agent,
    method: request.method,
    path: request.url,
    headers,
    timeout: CONNECT_TIMEOUT,
  });
  onward.once('socket', (socket) => {
    const connected = () => onward.setTimeout(SILENCE);
    if (socket.connecting) socket.once('connect', connected);
    else connected();
  });
  onward.once('timeout', () => onward.destroy(new Error('it has not answered in time')));
  response.once('close', () => {
    if (!response.writableFinished) onward.destroy();
  });
  request.pipe(onward);
  return new Promise((resolve, reject) => {
    onward.once('response', resolve);
    // Also after the answer: it may come before all of the request was taken.
    onward.on('error', reject);
  });
}
