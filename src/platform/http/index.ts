export { Answers } from './answers.decorator.js';
export { digitsOf, formatMoney } from './format-money.js';
export { HonoursIdempotencyKey, IdempotencyKey } from './idempotency-key.decorator.js';
export { newId } from './ids.js';
export { KeepsRawBody, rawBodyOf } from './raw-body.js';
export { id, money, type Money, page, type Page, pageOf, paging, text } from './schemas.js';
// only: any of catalog, inventory, orders, shipping
export { sku } from './schemas.js';
// only: end
export { InvalidRequest } from './validation.js';
