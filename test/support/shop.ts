import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '#config';
import { behind, feedLag, type Query } from '#platform/events/lag';
import { readProjectManifests } from '../../scripts/lib/project.js';
import { asOwner, holdLock } from '../platform/held-lock.js';
import { type StandIns, standIns } from './fakes/stand-ins.js';
// only: billing
import { TestPaymentProvider } from './payment-provider.js';
// only: end
import { type Answer, type Send, sender } from './sender.js';
import { emptyTables, startTestApp, type TestApp } from './test-app.js';
import { testProject } from './test-project.js';
import { waitFor } from './wait-for.js';

export interface Line {
  sku: string;
  quantity: number;
}

/** The shop as its customers and keepers meet it. Each test has customers and products of its own. */
export class Shop {
  constructor(readonly send: Send) {}

  /** Registers a customer and gives the id. */
  async customer(name = 'Ada', email = `${crypto.randomUUID()}@example.com`): Promise<string> {
    return done(await this.send('POST', '/customers', { name, email })).id;
  }

  /** Offers a product with so many on stock, and gives its SKU. */
  async product({
    sku = `P-${crypto.randomUUID()}`,
    amount = 1999,
    currency = 'EUR',
    onHand = 10,
  } = {}): Promise<string> {
    const price = { amount, currency };
    done(await this.send('POST', '/products', { sku, name: `The ${sku}`, price }));
    await this.count(sku, onHand);
    return sku;
  }

  async count(sku: string, onHand: number): Promise<void> {
    done(await this.send('PUT', `/stock/${sku}`, { onHand }));
  }

  place(customerId: string, lines: readonly Line[], key?: string): Promise<Answer> {
    const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
    return this.send('POST', '/orders', { customerId, lines }, headers);
  }

  /** Places an order, waits for what comes of it, and gives that. */
  async buy(customerId: string, lines: readonly Line[]) {
    return this.settled(done(await this.place(customerId, lines)).id);
  }

  cancel = (orderId: string): Promise<Answer> => this.send('POST', `/orders/${orderId}/cancel`);

  async order(orderId: string) {
    return done(await this.send('GET', `/orders/${orderId}`));
  }

  /** Waits until nothing is under way for an order, and gives it. */
  settled = (orderId: string) =>
    waitFor(async () => {
      const order = await this.order(orderId);
      return /^(confirmed|cancelled)$/.test(order.status) && order;
    });

  async stock(sku: string) {
    return done(await this.send('GET', `/stock/${sku}`));
  }

  /** What was charged for an order, or could not be. */
  async charges(orderId: string) {
    return done(await this.send('GET', `/charges?orderId=${orderId}`)).items;
  }

  async shipments(orderId: string) {
    return done(await this.send('GET', `/shipments?orderId=${orderId}`)).items;
  }

  /** What an order holds with those whom orders calls. */
  async held(orderId: string): Promise<{ charges: string[]; shipments: string[] }> {
    const statuses = (rows: { status: string }[]) => rows.map(({ status }) => status);
    return {
      charges: statuses(await this.charges(orderId)),
      shipments: statuses(await this.shipments(orderId)),
    };
  }

  /** Brings the shipment of an order. */
  async deliver(orderId: string): Promise<void> {
    const [shipment] = await this.shipments(orderId);
    done(await this.send('POST', `/shipments/${shipment.id}/deliver`));
  }
}

function done({ status, body }: Answer) {
  if (status >= 300) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** What a shop needs around it: somebody who takes its payments, and a box for its mail. */
export class Surroundings {
  // only: billing
  provider!: TestPaymentProvider;
  // only: end
  readonly mailFolder = mkdtempSync(join(tmpdir(), 'mail-'));
  readonly environment: Environment;

  private constructor(readonly standIns: StandIns) {
    this.environment = { ...standIns.environment, ORDERS_MAIL_FOLDER: this.mailFolder };
  }

  static async set(): Promise<Surroundings> {
    const around = new Surroundings(await standIns());
    // only: billing
    around.provider = await TestPaymentProvider.start();
    Object.assign(around.environment, around.provider.environment);
    // only: end
    return around;
  }

  /** The confirmation of an order, once it was sent. */
  mail(orderId: string): string | undefined {
    const file = join(this.mailFolder, `order.${orderId}.confirmation.eml`);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  }

  async close(): Promise<void> {
    // only: billing
    await this.provider.close();
    // only: end
    rmSync(this.mailFolder, { recursive: true });
  }
}

/** Into which table a module writes for an order. */
const WRITTEN = { inventory: 'reservations', billing: 'charges', shipping: 'shipments' } as const;

/** Something that has been stopped. */
export interface Held {
  /** Waits until somebody waits for it. */
  waiters(): Promise<unknown>;
  release(): Promise<void>;
}

/** A shop that opens with nothing in it, in this process. */
export class OpenShop extends Shop {
  private constructor(
    readonly app: TestApp,
    readonly around: Surroundings,
  ) {
    super(around.standIns.sendFirst(sender(app.url)));
  }

  static async open(change: Environment = {}): Promise<OpenShop> {
    // Before the app starts: what reads and drives in the background must not see it go.
    await emptyTables(...readProjectManifests().map(({ name }) => name));
    const around = await Surroundings.set();
    const app = await startTestApp({ ...around.environment, ...change });
    return new OpenShop(app, around);
  }

  /** Waits until every saga has ended, and all that was published has been heard. */
  rest = (): Promise<true> => waitFor(atRest);

  /** Lets the next payment be declined. */
  async decline(): Promise<void> {
    // only: billing
    if (!this.around.standIns.has('billing')) {
      return this.around.provider.control({ next: ['decline'] });
    }
    // only: end
    done(await this.send('POST', '/charges/decline'));
  }

  /** Lets what a module is asked to do wait, until it is released. */
  async hold(module: keyof typeof WRITTEN): Promise<Held> {
    const { standIns } = this.around;
    if (standIns.has(module)) return standIns.of(module).hold();
    const lock = await holdLock(module, `lock table ${WRITTEN[module]} in share mode`);
    return { waiters: () => lock.waiters(module), release: () => lock.release() };
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.around.close();
  }
}

async function atRest(): Promise<boolean> {
  // Sagas publish when they end, and what is heard may start others.
  if (await sagasUnderWay()) return false;
  const fakes = await standIns();
  for (const { name, hears } of readProjectManifests().filter(({ remote }) => !remote)) {
    for (const feed of hears) {
      const lag = await feedLag(name, feed, queryOf(name), (at) =>
        fakes.has(feed) ? fakes.behind(feed, at) : behind(queryOf(feed), at),
      );
      if (lag.events > 0) return false;
    }
  }
  return !(await sagasUnderWay());
}

const queryOf =
  (module: string): Query =>
  ({ text, values }) =>
    asOwner(module, text, values);

async function sagasUnderWay(): Promise<boolean> {
  for (const module of testProject().modules) {
    const [row] = await asOwner<{ many: boolean }>(
      module,
      `select exists (
         select from saga where state in ('running', 'compensating') and parked_at is null
       ) as many`,
    );
    if (row?.many) return true;
  }
  return false;
}
