import type { Bench } from '../measurement.js';
import { measureCalls } from './calls.js';
import { measureFeeds } from './feeds.js';
import { measureOrders, ORDERS } from './orders.js';

export const splitBench: Bench = {
  name: 'split',
  about:
    'What distance costs. A call of a contract that does nothing, validated and signed as any other, ' +
    'within a process and to another one on the same machine, one after the other; and 50 queries ' +
    'at once over one, in turns. `feed_http_eps`: as `throughput_eps` of the events, with the ' +
    'publisher in another process. `place_order_seven_over_one_ratio`: orders a second, from ' +
    `\`POST /orders\` until the last of ${ORDERS} is confirmed, with seven processes over those with ` +
    'one, in turns. All share the cores.',
  measure: async () => [
    ...(await measureCalls()),
    ...(await measureFeeds()),
    ...(await measureOrders()),
  ],
};
