import { closeSync, mkdirSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A payment as the provider knows it. */
export interface Payment {
  readonly key: string;
  readonly id: string;
  readonly status: 'succeeded' | 'declined' | 'refunded' | 'voided';
  /** In minor units of the currency; none when a refund came before its payment. */
  readonly amount?: number;
  readonly currency?: string;
  readonly orderId?: string;
  readonly reason?: string;
}

/**
 * The provider's books: a file of JSON lines, of which the last one of each key holds. One process
 * writes it, many requests at once; those that come during one fsync share the next.
 */
export class Books {
  private readonly payments = new Map<string, Payment>();
  private unwritten = '';
  private underWay: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;

  private constructor(private readonly file: FileHandle) {}

  /** Opens the books, without the last line if a kill has torn it: nobody was answered about it. */
  static async open(path: string): Promise<Books> {
    mkdirSync(dirname(path), { recursive: true });
    closeSync(openSync(path, 'a', 0o600));
    const text = readFileSync(path);
    const whole = text.lastIndexOf('\n') + 1;
    truncateSync(path, whole);
    const books = new Books(await open(path, 'a'));
    for (const line of text.subarray(0, whole).toString('utf8').split('\n').filter(Boolean)) {
      const payment = JSON.parse(line) as Payment;
      books.payments.set(payment.key, payment);
    }
    return books;
  }

  get(key: string): Payment | undefined {
    return this.payments.get(key);
  }

  all(): Payment[] {
    return [...this.payments.values()];
  }

  /** What is held, per currency, in minor units. */
  balance(): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { status, amount = 0, currency = '' } of this.payments.values()) {
      if (status === 'succeeded') sums[currency] = (sums[currency] ?? 0) + amount;
    }
    return sums;
  }

  /** Seen by the next request at once, and on the disk when `written` resolves. */
  record(payment: Payment): Payment {
    this.payments.set(payment.key, payment);
    this.unwritten += `${JSON.stringify(payment)}\n`;
    return payment;
  }

  /** Resolves when everything recorded so far is on the disk. */
  written(): Promise<void> {
    this.next ??= this.underWay.then(() => {
      this.next = undefined;
      this.underWay = this.write();
      return this.underWay;
    });
    return this.next;
  }

  private async write(): Promise<void> {
    const text = this.unwritten;
    if (text === '') return;
    this.unwritten = '';
    await this.file.appendFile(text);
    await this.file.datasync();
  }
}
