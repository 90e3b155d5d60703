import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Envelope } from '#platform/events/event';

/** What is sent in place of some events: a text, and how long it is said to be. */
export interface Altered {
  readonly text: string;
  readonly length?: number;
}

/** Stands before a publisher, and alters the answers that hold events. */
export class Meddler {
  /** How often it has altered an answer. */
  count = 0;
  private readonly server = createServer((request, response) => {
    void this.answer(request, response).catch(() => response.destroy());
  });

  private constructor(
    private readonly behind: string,
    private readonly alter: (events: Envelope[], count: number) => Altered | undefined,
  ) {}

  /** @param alter gives nothing for an answer that is let through */
  static async between(behind: string, alter: Meddler['alter']): Promise<Meddler> {
    const meddler = new Meddler(behind, alter);
    meddler.server.listen(0, '127.0.0.1');
    await once(meddler.server, 'listening');
    return meddler;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization = '', 'x-request-id': id = '' } = request.headers;
    const headers = { authorization, 'x-request-id': String(id) };
    const answer = await fetch(`${this.behind}${request.url}`, { headers });
    const given = await answer.text();
    const type = answer.headers.get('content-type') ?? '';
    const events = answer.ok ? (JSON.parse(given) as Envelope[]) : [];
    const altered = events.length > 0 ? this.alter(events, this.count) : undefined;
    if (altered) this.count += 1;
    const { text, length = Buffer.byteLength(text) } = altered ?? { text: given };
    response.writeHead(answer.status, {
      'content-type': type,
      'content-length': length,
      'x-request-id': String(id),
    });
    response.write(text);
    if (length > Buffer.byteLength(text)) response.destroy();
    else response.end();
  }
}
