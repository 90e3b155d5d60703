import { Injectable } from '@nestjs/common';
import { ModuleUnavailable } from '#platform/errors';
import { BillingSettings } from './billing.settings.js';
import { type Payment, payment, PaymentProvider, type PaymentRequest } from './payment-provider.js';

/** Statuses after which asking again is the remedy, beside those from 500 on. */
const AGAIN = [408, 409, 425, 429];

/** The provider's HTTP API. A real provider's goes here; see the module's README. */
@Injectable()
export class HttpPaymentProvider extends PaymentProvider {
  constructor(private readonly settings: BillingSettings) {
    super();
  }

  charge(request: PaymentRequest): Promise<Payment> {
    return this.ask('payments', request);
  }

  refund(key: string): Promise<Payment> {
    return this.ask('refunds', { key });
  }

  private async ask(path: string, body: object): Promise<Payment> {
    const { status, text } = await this.send(path, body).catch((cause: unknown) =>
      unavailable('The payment provider gave no answer in time', cause),
    );
    if (status >= 500 || AGAIN.includes(status)) {
      return unavailable(`The payment provider answered ${status}`);
    }
    // Nobody's refusal but a fault of ours, such as a wrong key: it is not remembered.
    if (status >= 300) throw new Error(`The payment provider answered ${status}: ${text}`);
    return payment.parse(JSON.parse(text));
  }

  private async send(path: string, body: object) {
    const { providerUrl, providerKey, providerTimeout } = this.settings;
    const response = await fetch(`${providerUrl.replace(/\/$/, '')}/${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${providerKey}`,
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(providerTimeout),
    });
    return { status: response.status, text: await response.text() };
  }
}

function unavailable(fact: string, cause?: unknown): never {
  throw new ModuleUnavailable({ module: 'billing' }, { cause: new Error(fact, { cause }) });
}
