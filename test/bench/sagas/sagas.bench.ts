import { type Bench, measurementsOf, percentile, progress } from '../measurement.js';
import { confirmations, placeAtOnce, placeAtRate, sagasEnded, type Sent } from '../place.js';
import { fromSource, startServer } from '../server-process.js';
import { fillShop, startOutside } from '../shop.js';
import { setStage, type Stage } from '../stage.js';
import { orders } from '../wishes.js';

const RUNS = 5;
/** Orders of one run. */
const ORDERS = 300;
const CONNECTIONS = 24;
const PER_SECOND = 10;
const SECONDS = 20;
const measured = measurementsOf('sagas');

export const sagasBench: Bench = {
  name: 'sagas',
  about:
    'Orders from `POST /orders` to the commit of `confirmed`, in one process of the shop: stock ' +
    'reserved, the price charged at the simulated provider (a process of its own, which answers ' +
    'when the charge is on the disk), the shipment scheduled, while the other modules hear of it ' +
    `and mails are written. \`sagas_per_s\`: ${ORDERS} orders from ${CONNECTIONS} connections, ` +
    'until the last is confirmed. `order_to_confirmed`: ' +
    `${PER_SECOND} orders a second, sent whether or not the ones before are answered.`,
  async measure() {
    const stage = await setStage();
    const outside = await startOutside();
    try {
      await fillShop(stage, 1_000);
      const environment = { ...stage.environment, ...outside.environment };
      const app = await startServer([...fromSource, 'src/main.ts'], environment);
      return await measureShop(stage, app.url).finally(() => app.stop());
    } finally {
      await outside.close();
      await stage.close();
    }
  },
};

async function measureShop({ admin }: Stage, url: string) {
  const rates: number[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const sent = await placeAtOnce(url, orders(ORDERS), CONNECTIONS);
    const { seconds } = await followed({ admin }, sent);
    progress(`sagas: ${run}/${RUNS}: ${(ORDERS / seconds).toFixed()}/s`);
    // The first one warms up.
    if (run > 0) rates.push(ORDERS / seconds);
  }
  const sent = await placeAtRate(url, orders(PER_SECOND * SECONDS), PER_SECOND);
  const { latencies } = await followed({ admin }, sent);
  const rate = `${latencies.length} orders, ${PER_SECOND} a second`;
  return [
    measured('sagas_per_s', '1/s', rates),
    measured('order_to_confirmed_p50_ms', 'ms', [percentile(latencies, 0.5)], rate),
    measured('order_to_confirmed_p99_ms', 'ms', [percentile(latencies, 0.99)], rate),
  ];
}

async function followed({ admin }: Pick<Stage, 'admin'>, sent: Sent) {
  await sagasEnded(admin);
  const confirmed = await confirmations(admin, sent);
  const latencies = [...sent].map(([id, at]) => (confirmed.get(id) as number) - at);
  const seconds = (Math.max(...confirmed.values()) - Math.min(...sent.values())) / 1_000;
  return { latencies, seconds };
}
