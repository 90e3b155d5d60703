import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import type { Books } from './books.js';
import { control, Misbehaviour } from './misbehaviour.js';
import { type Outcome, pay, paymentRequest, refund, refundRequest } from './payments.js';
import { Webhooks } from './webhooks.js';

export interface Secrets {
  /** What a caller shows as its bearer token. */
  readonly key: string;
  /** What webhooks are signed with. */
  readonly webhookSecret: string;
}

/** None is given when the caller shall wait in vain. */
type Answer = readonly [status: number, body: unknown] | undefined;
type Route = (books: Books, body: unknown) => Promise<Answer> | Answer;

/**
 * A payment provider that is none: it keeps books, honours keys, and fails on demand.
 *
 * `POST /payments` and `POST /refunds` as a real one; `GET /books` shows all payments and the
 * balance, `POST /control` decides what goes wrong.
 *
 * @param opened the books, which requests wait for
 */
export function paymentServer(
  opened: Promise<Books>,
  secrets: Secrets,
  webhookUrl: string | undefined,
): Server {
  const misbehaviour = new Misbehaviour();
  const webhooks = new Webhooks(secrets.webhookSecret, () => misbehaviour.random());
  webhooks.change({ url: webhookUrl ?? null });

  /** Carries a request out, unless it is to fail before, and answers when it is on the disk. */
  async function carryOut(books: Books, work: (declined: boolean) => Outcome): Promise<Answer> {
    const behaviour = misbehaviour.draw();
    if (behaviour === 'error-before') return [500, { error: 'on demand' }];
    if (behaviour === 'timeout-before') return undefined;
    const { payment, changed } = work(behaviour === 'decline');
    await books.written();
    if (changed) webhooks.tell(payment);
    if (behaviour === 'error-after') return [500, { error: 'on demand' }];
    return behaviour === 'timeout-after' ? undefined : [200, payment];
  }

  const routes: Record<string, Route> = {
    'POST /payments': (books, body) => {
      const request = paymentRequest.parse(body);
      return carryOut(books, (declined) => pay(books, request, declined));
    },
    'POST /refunds': (books, body) => {
      const request = refundRequest.parse(body);
      return carryOut(books, () => refund(books, request));
    },
    'GET /books': (books) => [200, { payments: books.all(), balance: books.balance() }],
    'POST /control': (_books, body) => {
      const given = control.parse(body);
      misbehaviour.change(given);
      webhooks.change(given.webhooks);
      return [200, {}];
    },
  };

  async function answer(request: IncomingMessage): Promise<Answer> {
    if (request.headers.authorization !== `Bearer ${secrets.key}`) return [401, { error: 'key' }];
    const route = routes[`${request.method} ${request.url}`];
    if (!route) return [404, { error: 'no such route' }];
    return route(await opened, request.method === 'POST' ? await json(request) : undefined);
  }

  return createServer((request, response) => {
    void answer(request)
      .catch((error: unknown): Answer => [400, { error: describe(error) }])
      .then((given) => given && reply(response, ...given));
  });
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const describe = (error: unknown) =>
  error instanceof z.ZodError ? z.prettifyError(error) : String(error);
