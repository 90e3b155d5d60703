export { append } from './append.js';
export { currentUpTo } from './cursor.js';
export { type DataOf, defineEvent, defineFeed, type EventOf, type Feed } from './event.js';
export { Hears, HearsBatch } from './hears.js';
export type { Publishing } from './publishing.js';
