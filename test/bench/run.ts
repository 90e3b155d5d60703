import { CliError, command, printJson, run } from '../../scripts/lib/cli.js';
import { bootBench } from './boot/boot.bench.js';
import { eventsBench } from './events/events.bench.js';
import { extractBench } from './extract/extract.bench.js';
import { httpBench } from './http/http.bench.js';
import { lintBench } from './lint/lint.bench.js';
import { isolationBench } from './isolation/isolation.bench.js';
import type { Measurement } from './measurement.js';
import { migrateBench } from './migrate/migrate.bench.js';
import { reportFile, writeReport } from './report.js';
import { sagasBench } from './sagas/sagas.bench.js';
import { splitBench } from './split/split.bench.js';

const benches = [
  bootBench,
  migrateBench,
  httpBench,
  isolationBench,
  eventsBench,
  sagasBench,
  splitBench,
  lintBench,
  extractBench,
];
const names = benches.map(({ name }) => name).join(', ');

interface Options {
  readonly json?: boolean;
  readonly write: boolean;
}

await run(
  command('bench', `Measures this machine, and notes the figures in ${reportFile}.`)
    .argument('[name]', `only this bench (${names}); all without one`)
    .option('--json', 'print the figures as JSON')
    .option('--no-write', `leave ${reportFile} as it is`)
    .action(async (name: string | undefined, { json, write }: Options) => {
      const all: Measurement[] = [];
      for (const bench of choose(name)) {
        const measurements = await bench.measure();
        if (write) await writeReport(bench, measurements);
        all.push(...measurements);
      }
      if (json) return printJson(all);
      console.table(all);
    }),
);

function choose(name: string | undefined) {
  const chosen = benches.filter((bench) => name === undefined || bench.name === name);
  if (chosen.length > 0) return chosen;
  throw new CliError(`There is no bench "${name}".`, `The benches are: ${names}`, 2);
}
