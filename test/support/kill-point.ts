import { installFault } from '#platform/fault';

/** Where a process is to kill itself: a point's name, and at which passing, as in `events.before-commit:3`. */
export const KILL_POINT = 'KILL_POINT';

/**
 * Lets this process end by SIGKILL at the point that its environment names, or later the process
 * that started it.
 */
export function installKillPoint(): void {
  arm(process.env[KILL_POINT]);
  process.on('message', (point) => arm(String(point)));
  // A test that was killed itself leaves nothing behind.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  // Only the app decides for how long the process runs.
  process.channel?.unref();
}

function arm(point: string | undefined): void {
  const [name, passing = '1'] = point?.split(':') ?? [];
  let left = Number(passing);
  installFault((passed) => {
    if (passed !== name || (left -= 1) > 0) return undefined;
    process.kill(process.pid, 'SIGKILL');
    // Until the signal has arrived, nothing more happens.
    return new Promise(() => undefined);
  });
}
