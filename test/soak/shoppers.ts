import type { Told } from '../support/books.js';
import type { ShopProcesses } from '../support/shop-processes.js';
import type { Answer } from '../support/sender.js';
import { waitFor } from '../support/wait-for.js';
import type { Dice } from './dice.js';

/** Milliseconds that a client goes on asking for, whoever is down. */
const PATIENCE = 600_000;
/** Milliseconds that a client waits for an order; whether it hangs for good shows in the end. */
const PATIENCE_WITH_ORDER = 20_000;

/** Product, price in cents, and how many there are at first: of some, fewer than are wanted. */
const PRODUCTS = [
  ['LAMP', 1_999, 5_000],
  ['ROPE', 750, 5_000],
  ['FLARE', 333, 40],
  ['CHART', 12_050, 12],
] as const;

const CUSTOMERS = 8;

/** Clients that order, cancel, rename, count and deliver, and repeat what was not answered. */
export class Shoppers {
  private readonly orders = new Set<string>();
  private readonly names = new Map<string, string>();
  private readonly counts = new Map<string, number>();
  delivered = 0;

  constructor(
    private readonly shop: ShopProcesses,
    private readonly dice: Dice,
  ) {}

  get told(): Told {
    return { orders: [...this.orders], names: this.names, counts: this.counts };
  }

  /** Fills the shop, before anything goes wrong. */
  async open(): Promise<void> {
    for (const [sku, amount, onHand] of PRODUCTS) {
      const price = { amount, currency: 'EUR' };
      await this.ask('POST', '/products', { sku, name: `The ${sku}`, price });
      await this.count(sku, onHand);
    }
    for (let n = 1; n <= CUSTOMERS; n += 1) {
      const name = `Customer ${n}`;
      const { body } = await this.ask('POST', '/customers', { name, email: `${n}@example.com` });
      this.names.set(body.id, name);
    }
  }

  /** One order, and what its customer does about it. */
  async order(n: number): Promise<void> {
    const customerId = this.dice.pick([...this.names.keys()]);
    const lines = [0, 1]
      .slice(this.dice.below(2))
      .map(() => ({ sku: this.dice.pick(PRODUCTS)[0], quantity: 1 + this.dice.below(3) }));
    const whim = this.dice.below(100);
    const place = () =>
      this.ask('POST', '/orders', { customerId, lines }, { 'idempotency-key': `order ${n}` });
    const placed = await Promise.all(whim % 5 === 0 ? [place(), place()] : [place()]);
    placed.forEach(({ status, body }) => {
      if (status !== 201) throw new Error(`An order was answered ${status}: ${body.code}`);
      this.orders.add(body.id);
    });
    await this.after(placed[0]?.body.id, whim);
  }

  private async after(id: string, whim: number): Promise<void> {
    if (whim < 15) await this.cancel(id);
    else if (whim < 30) await this.settled(id).then(() => this.cancel(id));
    else if (whim < 45) await this.deliver(id);
    else if (whim < 55) {
      await this.settled(id);
      await Promise.all([this.deliver(id), this.cancel(id)]);
    }
  }

  /** Gives a customer another name; not two at once, since the last one counts. */
  async rename(n: number): Promise<void> {
    const id = this.dice.pick([...this.names.keys()]);
    const name = `Customer renamed ${n}`;
    await this.ask('PATCH', `/customers/${id}`, { name });
    this.names.set(id, name);
  }

  /** Finds more of a product than there was. */
  async recount(): Promise<void> {
    const [sku] = this.dice.pick(PRODUCTS);
    await this.count(sku, (this.counts.get(sku) ?? 0) + 1 + this.dice.below(5));
  }

  private async count(sku: string, onHand: number): Promise<void> {
    await this.ask('PUT', `/stock/${sku}`, { onHand });
    this.counts.set(sku, onHand);
  }

  private async cancel(id: string): Promise<void> {
    await this.ask('POST', `/orders/${id}/cancel`);
  }

  private async settled(id: string): Promise<void> {
    const isSettled = async () =>
      (await this.ask('GET', `/orders/${id}`)).body.status !== 'pending';
    await waitFor(isSettled, PATIENCE_WITH_ORDER).catch(() => undefined);
  }

  private async deliver(id: string): Promise<void> {
    await this.settled(id);
    const { body } = await this.ask('GET', `/shipments?orderId=${id}`);
    if (body.items.length === 0) return;
    const { status } = await this.ask('POST', `/shipments/${body.items[0].id}/deliver`);
    if (status === 200) this.delivered += 1;
  }

  /** Asks any process until one answers, be it with a refusal. */
  private ask(method: string, path: string, body?: unknown, headers?: Record<string, string>) {
    return waitFor(async (): Promise<Answer | undefined> => {
      const apps = [...this.shop.running];
      if (apps.length === 0) return undefined;
      const app = apps[Math.floor(Math.random() * apps.length)] as (typeof apps)[number];
      const answer = await app.send(method, path, body, headers);
      return answer.status < 500 ? answer : undefined;
    }, PATIENCE);
  }
}
