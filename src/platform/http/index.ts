export { Answers } from './answers.decorator.js';
export { HonoursIdempotencyKey, IdempotencyKey } from './idempotency-key.decorator.js';
export { newId } from './ids.js';
export { id, money, type Money, page, type Page, pageOf, paging, sku, text } from './schemas.js';
export { InvalidRequest } from './validation.js';
