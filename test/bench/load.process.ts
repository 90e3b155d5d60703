import autocannon from 'autocannon';
import { percentile } from './measurement.js';
import type { LoadOrder, LoadResult } from './load.js';

/** So many requests of each connection are built beforehand: building costs as much as sending. */
const PER_CONNECTION = 200;

process.on('message', (order: LoadOrder) => {
  void run(order).then((result) => process.send?.(result));
});

async function run({ url, seconds, connections, wishes }: LoadOrder): Promise<LoadResult> {
  const choice = () =>
    Array.from(
      { length: PER_CONNECTION },
      () => wishes[Math.floor(Math.random() * wishes.length)] as autocannon.Request,
    );
  const durations: number[] = [];
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const load = autocannon(
      {
        url,
        connections,
        duration: seconds,
        setupClient: (client) => client.setRequests(choice()),
      },
      (error: Error | null, done) => (error ? reject(error) : resolve(done)),
    );
    load.on('response', (_client, _status, _bytes, duration) => durations.push(duration));
  });
  return {
    rate: result['2xx'] / result.duration,
    p99: percentile(durations, 0.99),
    failures: result.non2xx + result.errors + result.timeouts,
  };
}
