import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rootFolder } from '../../scripts/lib/project.js';
import { appEnvironment } from '../../scripts/lib/set-up.js';
import { sender, type TestApp } from '../support/test-app.js';
import { testProject } from '../support/test-project.js';
import { waitFor } from '../support/wait-for.js';

/** How a process ended, and all that it said. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The app as a process of its own. */
export interface AppProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly send: TestApp['send'];
  readonly ended: Promise<Ended>;
}

/** As in the script "start" of package.json, and from whatever folder. */
const COMMAND = [
  '--conditions=bulkhead-source',
  `--import=${rootFolder}/scripts/lib/typescript.mjs`,
  `${rootFolder}/src/main.ts`,
];

/** What the app is told: the modules' login URLs, and nothing that an operator or a test knows. */
const environment = (change: Record<string, string>) => ({
  PATH: process.env['PATH'] ?? '',
  HOST: '127.0.0.1',
  PORT: '0',
  ...appEnvironment(testProject()),
  ...change,
});

function launch(change: Record<string, string>, folder = rootFolder) {
  const child = spawn(process.execPath, COMMAND, {
    cwd: folder,
    env: environment(change),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]): Ended => ({
    code: code as number,
    signal: signal as string,
    ...said,
  }));
  return { child, said, ended };
}

/** Starts the app and waits until it listens. */
export async function startAppProcess(change: Record<string, string> = {}): Promise<AppProcess> {
  const { child, said, ended } = launch(change);
  const url = await waitFor(() => {
    if (child.exitCode !== null) return said;
    return /ready on (http:\S+?),/.exec(said.stdout)?.[1];
  }, 20_000);
  if (typeof url !== 'string') throw new Error(`The app did not start: ${url.stderr}`);
  return { child, url, send: sender(url), ended };
}

/** Runs the app until it ends by itself, as it does when it refuses to start. */
export const runAppProcess = (change: Record<string, string>, folder?: string): Promise<Ended> =>
  launch(change, folder).ended;

/** Ends a process that a failed test may have left. */
export async function killProcess({ child, ended }: AppProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await ended;
}
