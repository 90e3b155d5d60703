import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { waitUntil } from './wait-until.js';

/**
 * Ends a server whose keeper was killed, and removes a pid file that names another program.
 * Only the holder of the folder's seat may call this: a live server is an orphan to nobody else.
 *
 * @param data real path of the data folder
 */
export async function clearOrphan(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!isPostmasterOf(pid, data)) break;
    process.stderr.write(`Stopping the server ${pid}, whose keeper is gone, with ${signal}.\n`);
    process.kill(pid, signal);
    await waitUntil(() => !isPostmasterOf(pid, data), 15_000);
  }
  // After a crash and a reboot the pid may be any program's, and Postgres would refuse to start.
  // If it is nobody's, Postgres knows better: it also looks for survivors in the shared memory.
  if (isAlive(pid)) rmSync(file, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether a process is the Postgres server of this very data folder. */
export function isPostmasterOf(pid: number, data: string): boolean {
  if (!(pid > 1)) return false;
  try {
    if (!existsSync('/proc/self/cwd')) return isInProcessList(pid, data);
    const [program = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return basename(program) === 'postgres' && readlinkSync(`/proc/${pid}/cwd`) === data;
  } catch {
    return false;
  }
}

function isInProcessList(pid: number, data: string): boolean {
  const line = execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], {
    encoding: 'utf8',
  });
  return line.includes(`postgres -D ${data} `);
}
