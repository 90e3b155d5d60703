import type { Environment } from '#config';

/** Milliseconds between two looks at who the parent is. */
const INTERVAL = 500;

/**
 * Ends this process when npm, which started it, is killed in a way that npm cannot pass on:
 * otherwise a killed `npm start` would leave the app and its server behind.
 */
export function endWithParent(environment: Environment): void {
  if (environment['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, INTERVAL).unref();
}
