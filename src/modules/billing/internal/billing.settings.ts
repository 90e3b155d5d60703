import { defineSettings, httpUrl, sharedSecret, wholeNumber } from '#platform/settings';

export class BillingSettings extends defineSettings({
  providerUrl: httpUrl,
  providerKey: sharedSecret,
  /** Milliseconds that the provider may take to answer. */
  providerTimeout: wholeNumber(1, 60_000).default(5_000),
  webhookSecret: sharedSecret,
}) {}
