import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

/** A new folder for a server's state, in a temporary one that the server's user may enter. */
export function newFolder(): string {
  const around = mkdtempSync(join(tmpdir(), 'embedded-test-'));
  chmodSync(around, 0o711);
  return join(around, 'postgres');
}

/** Removes a folder that newFolder gave, and what is around it. */
export const removeFolder = (folder: string): void =>
  rmSync(join(folder, '..'), { recursive: true, force: true });

/** A process that holds a lease until it is killed. */
export interface Holder {
  readonly process: ChildProcess;
  readonly url: string;
}

/** Starts a process that leases the folder's server, or without a folder a scratch server. */
export async function startHolder(folder = ''): Promise<Holder> {
  const source = fileURLToPath(new URL('holder.ts', import.meta.url));
  const loader = new URL('../../scripts/lib/typescript.mjs', import.meta.url).href;
  const holder = spawn(
    process.execPath,
    ['--conditions=bulkhead-source', `--import=${loader}`, source, folder],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  for await (const url of createInterface({ input: holder.stdout })) {
    return { process: holder, url };
  }
  throw new Error('The holder ended before it had a lease.');
}

/** The first value of a query's first row. */
export async function ask(url: string, query: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text: query, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

/** The process id in a data folder's pid file. */
export const postmasterPid = (data: string): number =>
  Number.parseInt(readFileSync(join(data, 'postmaster.pid'), 'utf8'), 10);

/** The process id of a folder's keeper. */
export const keeperPid = (folder: string) => pidOf('keeper.ts', `"${folder}"`);

/** The process id of the shell that ends a server when its keeper dies. */
export const watchOf = (postmaster: number) => pidOf('read _; kill', `sh ${postmaster}`);

function pidOf(...words: string[]): number | undefined {
  const processes = execFileSync('ps', ['-ww', '-eo', 'pid=,args='], { encoding: 'utf8' });
  const line = processes.split('\n').find((each) => words.every((word) => each.includes(word)));
  return line === undefined ? undefined : Number.parseInt(line, 10);
}

/** Whether a process runs; one that has ended and that nobody has collected does not. */
export function isRunning(pid: number): boolean {
  try {
    const state = execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    return !state.startsWith('Z');
  } catch {
    return false;
  }
}
