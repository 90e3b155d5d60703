export { Answers } from './answers.decorator.js';
export { HonoursIdempotencyKey, IdempotencyKey } from './idempotency-key.decorator.js';
export { newId } from './ids.js';
export { id, money, type Money, page, type Page, pageOf, paging, text } from './schemas.js';
// only: catalog
export { sku } from './schemas.js';
// only: end
export { InvalidRequest } from './validation.js';
