import { type Bench, measurementsOf, progress } from '../measurement.js';
import { makeClone } from '../../support/clone.js';
import { secondsToReady } from './start.js';

const RUNS = 5;
const measured = measurementsOf('boot');

export const bootBench: Bench = {
  name: 'boot',
  about:
    'Seconds from `npm start` to the first 200 of `/health/ready`, in a copy of the clone with its ' +
    'own embedded Postgres: with an empty data folder (the server is made, the modules provisioned, ' +
    'migrated and seeded), and started again on the same data.',
  async measure() {
    const clone = makeClone();
    const fresh: number[] = [];
    const warm: number[] = [];
    try {
      for (let run = 1; run <= RUNS; run += 1) {
        clone.empty();
        fresh.push(await secondsToReady(clone));
        warm.push(await secondsToReady(clone));
        progress(
          `boot: ${run}/${RUNS}: fresh ${fresh.at(-1)?.toFixed(2)} s, warm ${warm.at(-1)?.toFixed(2)} s`,
        );
      }
    } finally {
      clone.remove();
    }
    return [measured('fresh_ready_s', 's', fresh), measured('warm_ready_s', 's', warm)];
  },
};
