import { type AgentOptions, Agent, type IncomingMessage, request } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** One request, and how long its answer may take. */
export interface Exchange {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

const OPTIONS: AgentOptions = {
  keepAlive: true,
  // To each process. What is more than that waits, and its time runs.
  maxSockets: 100,
  // Shorter than any server keeps an idle connection, so that no request meets its end.
  timeout: 4_000,
};

const MOST_BYTES = 32 * 1_024 * 1_024;

/** By which a request and its answer know each other: every process of ours sends it back. */
const ID_HEADER = 'x-request-id';

/** Connections to other processes, kept between requests. */
export class Connections {
  private readonly agent = new Agent(OPTIONS);
  private readonly secureAgent = new SecureAgent(OPTIONS);

  /**
   * Sends a request and reads the whole answer.
   *
   * @throws when there is none in time, when it is cut off or too long, or is another request's
   */
  exchange(url: string, { method, headers, body, timeoutMs, signal }: Exchange): Promise<Response> {
    return new Promise((resolve, reject) => {
      const secure = url.startsWith('https:');
      const options = {
        agent: secure ? this.secureAgent : this.agent,
        method,
        headers,
        signal,
      };
      const sent = secure ? secureRequest(url, options) : request(url, options);
      const late = () => sent.destroy(new Error(`there was no answer within ${timeoutMs} ms`));
      const timer = setTimeout(late, timeoutMs);
      sent.on('close', () => clearTimeout(timer));
      sent.on('error', reject);
      sent.on('response', (incoming) => {
        // An answer that came twice would be taken for that of the next request on the connection.
        if (incoming.headers[ID_HEADER] === headers[ID_HEADER]) {
          readWhole(incoming).then(resolve, reject);
        } else {
          sent.destroy(new Error('the answer was not to this request'));
        }
      });
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
    this.secureAgent.destroy();
  }
}

async function readWhole(incoming: IncomingMessage): Promise<Response> {
  const bytes = await bytesOf(incoming);
  const zipped = incoming.headers['content-encoding'] === 'gzip';
  const body = zipped ? await unzip(bytes, { maxOutputLength: MOST_BYTES }) : bytes;
  const type = incoming.headers['content-type'] ?? '';
  return new Response(body.length === 0 ? null : body, {
    status: incoming.statusCode ?? 0,
    headers: { 'content-type': type },
  });
}

const unzip = promisify(gunzip);

/** By events, since iterating a stream costs as much as all the rest. */
function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MOST_BYTES) incoming.destroy(new Error(`it has more than ${MOST_BYTES} bytes`));
    });
    incoming.on('end', () => resolve(Buffer.concat(chunks)));
    incoming.on('error', reject);
  });
}
