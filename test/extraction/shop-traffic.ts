// only: shop
import { setTimeout as pause } from 'node:timers/promises';
import type { Told } from '../support/books.js';
import type { Answer, Send } from '../support/sender.js';

const SKUS = ['LAMP-BRASS', 'ROPE-20M', 'FLARE-RED'] as const;
/** There are few of it, so that orders for it are cancelled in the end. */
const SCARCE = 'CHART-NORTH';
const BUYER = '01900000-0000-7000-8000-000000000001';
/** How often a buyer looks after an order; what comes of it the books show. */
const LOOKS = 20;
const REPORTS = ['revenue', 'funnel', 'stock-at-risk', 'customer-value', 'late-shipments'];

/**
 * What the clients of the seeded shop do all the time. Each request is sent once, and must be
 * answered with what was asked for: the example data leaves no reason to refuse any.
 */
export class ShopTraffic {
  readonly failures: string[] = [];
  private readonly orders: string[];
  private readonly names: Map<string, string>;
  private readonly counts: Map<string, number>;
  private stopped = false;
  /** How often each client has come to the end of what it does. */
  private readonly rounds: number[] = [];
  private readonly running: Promise<void>[];

  /** @param seeded what clients could know before */
  constructor(
    private readonly send: Send,
    seeded: Required<Told>,
  ) {
    this.orders = [...seeded.orders];
    this.names = new Map(seeded.names);
    this.counts = new Map(seeded.counts);
    const { buy, keep, register, look } = this;
    this.running = [buy, buy, keep, register, look].map((round, lane) => this.repeat(round, lane));
  }

  /** What has been answered, and must be in the books. */
  get told(): Told {
    const { orders, names, counts } = this;
    return { orders, names, counts };
  }

  /** Whether every client did all that it does since then, from the beginning. */
  sinceNow(): () => boolean {
    const then = [...this.rounds];
    return () => this.rounds.every((count, lane) => count > (then[lane] ?? 0) + 1);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
  }

  private async repeat(round: (n: number) => Promise<void>, lane: number): Promise<void> {
    for (let n = 0; !this.stopped; n += 1) {
      this.rounds[lane] = n;
      // What has failed is told already.
      await round(n).catch(() => undefined);
      await pause(10);
    }
  }

  private async ask(...[method, path, ...rest]: Parameters<Send>): Promise<Answer['body']> {
    const failed = (how: string) => {
      this.failures.push(`${method} ${path}: ${how}`);
      return new Error(how);
    };
    const answer = await this.send(method, path, ...rest).catch((error: unknown) => {
      throw failed(String(error));
    });
    if (answer.status < 300) return answer.body;
    throw failed(`${answer.status} ${JSON.stringify(answer.body)}`);
  }

  private readonly buy = async (n: number): Promise<void> => {
    const sku = n % 5 === 4 ? SCARCE : (SKUS[n % SKUS.length] as string);
    const order = { customerId: BUYER, lines: [{ sku, quantity: 1 }] };
    const { id } = await this.ask('POST', '/orders', order, {
      'idempotency-key': crypto.randomUUID(),
    });
    this.orders.push(id as string);
    for (let looks = 0; looks < LOOKS; looks += 1) {
      if ((await this.ask('GET', `/orders/${id}`)).status !== 'pending') break;
      await pause(20);
    }
    await this.ask('GET', `/charges?orderId=${id}`);
    await this.ask('GET', `/shipments?orderId=${id}`);
  };

  private readonly keep = async (n: number): Promise<void> => {
    const sku = SKUS[n % SKUS.length] as string;
    const onHand = 100_000 + n;
    await this.ask('PUT', `/stock/${sku}`, { onHand });
    this.counts.set(sku, onHand);
    await this.ask('GET', `/stock/${sku}`);
  };

  private readonly register = async (n: number): Promise<void> => {
    const email = `${crypto.randomUUID()}@example.com`;
    const { id } = await this.ask('POST', '/customers', { name: 'Ada', email });
    const name = `Ada ${n}`;
    await this.ask('PATCH', `/customers/${id}`, { name });
    this.names.set(id as string, name);
    await this.ask('GET', `/customers/${id}`);
  };

  private readonly look = async (n: number): Promise<void> => {
    await this.ask('GET', `/products/${SKUS[n % SKUS.length]}`);
    await this.ask('GET', '/products');
    await this.ask('GET', `/reports/${REPORTS[n % REPORTS.length]}`);
    const sku = `NEW-${n}`;
    const price = { amount: 100 + n, currency: 'EUR' };
    await this.ask('POST', '/products', { sku, name: `The ${sku}`, price });
    await this.ask('PATCH', `/products/${sku}`, { name: `The best ${sku}` });
  };
}
// only: end
