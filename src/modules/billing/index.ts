export { type BillingContract, billingContract } from './billing.contract.js';
export { ChargeDeclined, ChargeVoided } from './billing.errors.js';
export { billingFeed, PaymentCharged, PaymentDeclined, PaymentRefunded } from './billing.events.js';
