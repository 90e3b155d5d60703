import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { processEnvironment } from '#config';
import { rootFolder } from '../../scripts/lib/project.js';

/** With these arguments node runs the project's TypeScript. */
export const fromSource = [
  '--conditions=bulkhead-source',
  `--import=${rootFolder}/scripts/lib/typescript.mjs`,
];

/** A server in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  /** Where other processes reach it, if it says so. */
  readonly internalPort: number | undefined;
  /** Ends it, and resolves when it is gone. */
  stop(): Promise<void>;
}

/**
 * Runs node on a server that says its URL on standard output once it listens.
 *
 * @param environment all that the server is told, beside what finds programs
 * @throws with its standard error, when it ends before that
 */
export async function startServer(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, {
    cwd: rootFolder,
    env: { PATH: processEnvironment()['PATH'], NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = await lineOf(child);
  const url = /http:\/\/[\w.:]+/.exec(said)?.[0] as string;
  const internal = /other processes on port (\d+)/.exec(said)?.[1];
  const internalPort = internal === undefined ? undefined : Number(internal);
  return { url, internalPort, stop: () => stopProcess(child) };
}

/** Asks a process to end, and waits until it has. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

/** The line in which a server says its URL. */
function lineOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    let errors = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const line = /^.*http:\/\/[\w.:]+.*\n/m.exec(output)?.[0];
      if (line !== undefined) resolve(line);
    });
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.once('exit', (code) => reject(new Error(`a server ended with ${code}:\n${errors}`)));
  });
}
