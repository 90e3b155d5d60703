import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { rootFolder } from '../../scripts/lib/project.js';
import { machine } from './machine.js';
import type { Bench, Measurement } from './measurement.js';

export const reportFile = 'docs/benchmarks.md';

const path = join(rootFolder, reportFile);
const begin = (bench: string) => `<!-- bench ${bench}: written by npm run bench -->`;
const end = (bench: string) => `<!-- end of ${bench} -->`;

/** Puts a bench's figures between its markers; whatever is written around them stays. */
export async function writeReport(bench: Bench, measurements: readonly Measurement[]) {
  const page = existsSync(path) ? readFileSync(path, 'utf8') : '# Benchmarks\n';
  const section = `${begin(bench.name)}\n\n${sectionOf(bench, measurements)}\n\n${end(bench.name)}`;
  const from = page.indexOf(begin(bench.name));
  const to = page.indexOf(end(bench.name), from);
  const filled =
    from >= 0 && to >= 0
      ? page.slice(0, from) + section + page.slice(to + end(bench.name).length)
      : `${page}\n${section}\n`;
  const style = await resolveConfig(path);
  writeFileSync(path, await format(filled, { ...style, parser: 'markdown' }));
}

const sectionOf = ({ name, about }: Bench, measurements: readonly Measurement[]) =>
  [
    `## ${name}`,
    about,
    [
      '| metric | median | runs | lowest to highest |',
      '|---|--:|--:|---|',
      ...measurements.map(
        ({ metric, value, unit, runs, note }) =>
          `| \`${metric}\` | ${value} ${unit} | ${runs} | ${note} |`,
      ),
    ].join('\n'),
    `${new Date().toISOString().slice(0, 10)}, ${machine()}`,
  ].join('\n\n');
