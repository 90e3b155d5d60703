// only: shop
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { ShopProcesses } from '../support/shop-processes.js';
import { type AppProcess, killProcess } from '../platform/app-process.js';
import { emptyTables } from '../support/test-app.js';
import { testProject } from '../support/test-project.js';
import { waitFor } from '../support/wait-for.js';

/** Milliseconds for which the provider keeps an app waiting when it is told to. */
const PROVIDER_TIMEOUT = '700';
/** Milliseconds for anything to happen on a busy machine. */
export const PATIENCE = 120_000;

/** A shop for a spec, with one product and one customer, whose app is killed and started again. */
export class SmallShop {
  processes!: ShopProcesses;
  app!: AppProcess;
  readonly orders: string[] = [];
  private customerId = '';

  constructor() {
    let opening: Promise<ShopProcesses>;
    beforeAll(async () => {
      await emptyTables(...testProject().modules);
      const environment = { BILLING_PROVIDER_TIMEOUT: PROVIDER_TIMEOUT };
      opening = ShopProcesses.open(testProject(), environment);
      this.processes = await opening;
      this.app = await this.processes.start();
      await this.fill();
    });
    // However far the opening has come.
    afterAll(async () => (await opening).close());
  }

  private async fill(): Promise<void> {
    const price = { amount: 1_999, currency: 'EUR' };
    await this.app.send('POST', '/products', { sku: 'LAMP', name: 'Lamp', price });
    await this.app.send('PUT', '/stock/LAMP', { onHand: 1_000 });
    const customer = { name: 'Ada', email: 'ada@example.com' };
    this.customerId = (await this.app.send('POST', '/customers', customer)).body.id;
  }

  /** Places an order; asks the app that runs by then when the first one was killed before it answered. */
  async buy(): Promise<string> {
    const lines = [{ sku: 'LAMP', quantity: 2 }];
    const order = { customerId: this.customerId, lines };
    const key = { 'idempotency-key': randomUUID() };
    const { body } = await waitFor(() => this.app.send('POST', '/orders', order, key), PATIENCE);
    this.orders.push(body.id);
    return body.id as string;
  }

  /** Asks for an order to be cancelled, of whichever app runs. */
  async cancel(id: string): Promise<void> {
    await waitFor(() => this.app.send('POST', `/orders/${id}/cancel`), PATIENCE);
  }

  async is(id: string, status: string): Promise<void> {
    await waitFor(
      async () => (await this.app.send('GET', `/orders/${id}`)).body.status === status,
      PATIENCE,
    );
  }

  /** Lets the app kill itself at a point, and starts it again when it has. */
  async dieAt(point: string): Promise<void> {
    this.app.child.send(point);
    expect(await this.app.ended).toMatchObject({ signal: 'SIGKILL' });
    await this.processes.expireLeases();
    this.app = await this.processes.start();
    // What had been put off by the one that was killed is due, too.
    await this.processes.expireLeases();
  }

  /** Kills the app wherever it is, and starts another. */
  async restart(): Promise<void> {
    await killProcess(this.app);
    this.app = await this.processes.start();
  }

  /** What is wrong with the books once nothing is under way any more. */
  violations(): Promise<string[]> {
    return this.processes.violations(this.app, { orders: this.orders }, PATIENCE);
  }
}
// only: end
