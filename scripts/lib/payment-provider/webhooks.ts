import { createHmac } from 'node:crypto';
import type { Payment } from './books.js';
import type { Control } from './misbehaviour.js';

/** Milliseconds to the second try, doubling; after the last one the news is given up. */
const FIRST_RETRY = 100;
const MOST_TRIES = 8;

interface Settings {
  url: string | null;
  copies: number;
  delay: number;
  hold: boolean;
}

/** Tells a receiver what became of payments: at least once while this process runs, in no order. */
export class Webhooks {
  private readonly settings: Settings = { url: null, copies: 1, delay: 0, hold: false };
  private held: string[] = [];

  constructor(
    private readonly secret: string,
    private readonly random: () => number,
  ) {}

  change(given: Control['webhooks'] = {}): void {
    Object.assign(this.settings, given);
    if (this.settings.hold) return;
    for (const body of this.held.splice(0).reverse()) this.send(body);
  }

  /** The id is made of what is told, so that telling it again, even after a kill, is no news. */
  tell(payment: Payment): void {
    const { id, status } = payment;
    const body = JSON.stringify({
      id: `${id}:${status}`,
      type: `payment.${status}`,
      data: payment,
    });
    for (let copy = 0; copy < this.settings.copies; copy += 1) {
      if (this.settings.hold) this.held.push(body);
      else this.send(body);
    }
  }

  private send(body: string): void {
    const wait = Math.round(this.random() * this.settings.delay);
    setTimeout(() => void this.deliver(body, 1), wait).unref();
  }

  private async deliver(body: string, tries: number): Promise<void> {
    if (this.settings.url === null) return;
    const accepted = await fetch(this.settings.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'provider-signature': this.sign(body) },
      body,
      signal: AbortSignal.timeout(5_000),
    }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (accepted || tries >= MOST_TRIES) return;
    setTimeout(() => void this.deliver(body, tries + 1), FIRST_RETRY * 2 ** tries).unref();
  }

  private sign(body: string): string {
    const time = Math.floor(Date.now() / 1000);
    const hmac = createHmac('sha256', this.secret).update(`${time}.${body}`).digest('hex');
    return `t=${time},v1=${hmac}`;
  }
}
