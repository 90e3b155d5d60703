import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Environment } from '#config';
import { rootFolder } from '../../scripts/lib/project.js';
import type { Project } from '../../scripts/lib/set-up.js';
import { standIns } from '../support/fakes/stand-ins.js';
import { type Send, sender } from '../support/sender.js';
import { testEnvironment } from '../support/test-project.js';
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
  /** Where other processes reach it, if they may. */
  readonly internalPort: number | undefined;
  readonly send: Send;
  readonly ended: Promise<Ended>;
}

/** What of the app is started otherwise than usual. */
export interface Launch {
  readonly project?: Project;
  /** The script that is run, relative to the root. */
  readonly script?: string;
  readonly folder?: string;
  /** Whose sources are run; this project's without it. */
  readonly root?: string;
}

/** As in the script "start" of package.json, and from whatever folder. */
const command = (root: string, script: string) => [
  '--conditions=bulkhead-source',
  `--import=${root}/scripts/lib/typescript.mjs`,
  join(root, script),
];

/** What the app is told: the modules' login URLs, and nothing that an operator or a test knows. */
const environment = (change: Environment, project: Project | undefined) => ({
  PATH: process.env['PATH'] ?? '',
  HOST: '127.0.0.1',
  PORT: '0',
  ...testEnvironment(project),
  ...change,
});

async function launch(change: Environment, options: Launch = {}) {
  const { project, script = 'src/main.ts', root = rootFolder, folder = root } = options;
  const { environment: fakes } = await standIns();
  const child = spawn(process.execPath, command(root, script), {
    cwd: folder,
    env: environment({ ...fakes, ...change }, project),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]): Ended => ({
    code: code as number,
    signal: signal as string,
    ...said,
  }));
  return { child, said, ended };
}

/** Starts the app and waits until it listens. */
export async function startAppProcess(
  change: Environment = {},
  options: Launch = {},
): Promise<AppProcess> {
  const { child, said, ended } = await launch(change, options);
  const url = await waitFor(() => {
    if (child.exitCode !== null || child.signalCode !== null) return said;
    return /ready on (http:\S+?),.*\n/.exec(said.stdout)?.[1];
  }).catch(async (error: unknown) => {
    child.kill('SIGKILL');
    await ended;
    throw error;
  });
  if (typeof url !== 'string') throw new Error(`The app did not start: ${url.stderr}`);
  const internal = /other processes on port (\d+)/.exec(said.stdout)?.[1];
  const internalPort = internal === undefined ? undefined : Number(internal);
  return { child, url, internalPort, send: sender(url), ended };
}

/** Runs the app until it ends by itself, as it does when it refuses to start. */
export const runAppProcess = async (change: Environment, folder?: string): Promise<Ended> =>
  (await launch(change, { ...(folder && { folder }) })).ended;

/** Ends a process that a failed test may have left. */
export async function killProcess({ child, ended }: AppProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await ended;
}
