import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { ContractRegistry } from '#platform/contracts/contract-registry';
import { RemoteContracts } from '#platform/contracts/remote-contracts';
import { publicHalfOf } from '#platform/wire/keys';
import { Wire } from '#platform/wire/wire';
import { type Measurement, measurementsOf, median, percentile, progress } from '../measurement.js';
import { fromSource, startServer } from '../server-process.js';
import { greeter, greetingContract, placed } from './greeting.js';

const HOST = fileURLToPath(new URL('host.process.ts', import.meta.url));
const RUNS = 5;
const CALLS = 1_000;
const AT_ONCE = 50;
const measured = measurementsOf('split');

/** What a call costs here and in another process, one after the other and fifty at once. */
export async function measureCalls(): Promise<Measurement[]> {
  const key = randomBytes(32).toString('base64url');
  const host = await startServer([...fromSource, HOST], {
    MODULES: 'host',
    INTERNAL_PORT: '0',
    GUEST_PUBLIC_KEY: publicHalfOf(key),
  });
  const { config, placement } = placed({
    MODULES: 'guest',
    HOST_URL: host.url,
    GUEST_PRIVATE_KEY: key,
  });
  const wire = new Wire(config, placement);
  try {
    const far = caller(new ContractRegistry(new RemoteContracts(wire)));
    const near = caller(answering(new ContractRegistry()));
    // As in the app, where something always follows the asynchronous context, which costs.
    return await new AsyncLocalStorage<object>().run({}, () => measure(far, near));
  } finally {
    wire.onApplicationShutdown();
    await host.stop();
  }
}

type Call = () => Promise<unknown>;

async function measure(far: Call, near: Call): Promise<Measurement[]> {
  const local: number[] = [];
  const p50s: number[] = [];
  const p99s: number[] = [];
  const ratios: number[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const nearTimes = await times(near, 10 * CALLS);
    const farTimes = await times(far, CALLS);
    // In turns, so that whatever else the machine does falls on both.
    const single: number[] = [];
    const batched: number[] = [];
    for (let turn = 0; turn < CALLS / 5; turn += 1) {
      single.push(...(await times(far, 1)));
      batched.push(...(await times(() => Promise.all(Array.from({ length: AT_ONCE }, far)), 1)));
    }
    progress(
      `split: calls ${run}/${RUNS}: ${percentile(farTimes, 0.5).toFixed(3)} ms over the wire`,
    );
    // The first one warms up.
    if (run === 0) continue;
    local.push(percentile(nearTimes, 0.5) * 1_000);
    p50s.push(percentile(farTimes, 0.5));
    p99s.push(percentile(farTimes, 0.99));
    ratios.push(median(batched) / median(single));
  }
  return [
    measured('local_call_p50_us', 'µs', local),
    measured('wire_call_p50_ms', 'ms', p50s),
    measured('wire_call_p99_ms', 'ms', p99s),
    measured('batched_50_over_1_ratio', '', ratios, 'in one request'),
  ];
}

function answering(registry: ContractRegistry): ContractRegistry {
  registry.host(greetingContract, greeter);
  return registry;
}

function caller(registry: ContractRegistry): Call {
  const client = registry.client(greetingContract, 'guest');
  return () => client.greet({ name: 'Fridtjof', at: new Date(0) });
}

/** Milliseconds of each of so many calls, one after the other. */
async function times(call: Call, count: number): Promise<number[]> {
  const taken: number[] = [];
  for (let done = 0; done < count; done += 1) {
    const began = performance.now();
    await call();
    taken.push(performance.now() - began);
  }
  return taken;
}
