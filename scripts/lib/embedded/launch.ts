import { spawn } from 'node:child_process';
import { closeSync, openSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processEnvironment } from '#config';
import { rootFolder } from '../project.js';
import { ServerFailure, endOfLog, tailOf } from './failure.js';
import { type KeeperOrder, LOG, YIELDED } from './keeper-order.js';
import type { News } from './wire.js';

const LARGEST_LOG = 5_000_000;

// The parent may be jest, or compiled: what its own command line says is no guide.
const NODE_ARGUMENTS = [
  `--import=${new URL('../typescript.mjs', import.meta.url).href}`,
  fileURLToPath(new URL('keeper.ts', import.meta.url)),
];

/**
 * Starts a keeper in a session of its own, where the terminal's Ctrl-C does not reach it.
 *
 * @returns once it can be asked for a lease, or has found that there is another keeper
 * @throws {ServerFailure} with the end of the log when it ended before that
 */
export function launchKeeper(order: KeeperOrder): Promise<void> {
  const log = join(order.folder, LOG);
  if (endOfLog(log) > LARGEST_LOG) truncateSync(log);
  const since = endOfLog(log);
  const output = openSync(log, 'a', 0o600);
  const child = spawn(process.execPath, [...NODE_ARGUMENTS, JSON.stringify(order)], {
    cwd: rootFolder,
    detached: true,
    // The options of the parent, jest perhaps, are not meant for it.
    env: { ...processEnvironment(), NODE_OPTIONS: '' },
    stdio: ['ignore', output, output, 'ipc'],
  });
  closeSync(output);
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null, signal: string | null) => {
      if (code === YIELDED) return resolve();
      const fact = `The keeper of the embedded Postgres ended with ${signal ?? `code ${code}`}:`;
      reject(new ServerFailure(`${fact}\n\n${tailOf(log, since)}`, `Read ${log}.`));
    };
    child.once('error', reject).once('exit', onExit);
    child.once('message', (news: News) => {
      // From here on its end is its own affair, and its log may be gone.
      child.off('exit', onExit).unref();
      if (news.state === 'failed') reject(new ServerFailure(news.fact, news.remedy));
      else resolve();
    });
  });
}
