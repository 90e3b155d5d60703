import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Verb } from '../../scripts/lib/extraction/sides/journal.js';
import type { MoveRequest } from '../../scripts/lib/extraction/sides/move.js';
import { rootFolder } from '../../scripts/lib/project.js';
import { KILL_POINT } from '../support/kill-point.js';
import type { Order } from './mover.process.js';

const fromSource = [
  '--conditions=bulkhead-source',
  `--import=${rootFolder}/scripts/lib/typescript.mjs`,
];

/** Runs a verb in a process of its own that is killed at a point, and gives the signal it ended by. */
export async function killedAt(
  moving: { request(): MoveRequest },
  point: string,
  verb: Verb,
  rate?: number,
): Promise<string | null> {
  const child = fork(`${rootFolder}/test/extraction/mover.process.ts`, {
    execArgv: fromSource,
    env: { PATH: process.env['PATH'], [KILL_POINT]: point },
  });
  const { say, ...request } = moving.request();
  void say;
  child.send({ request, verb, maxPause: 5_000, rate } satisfies Order);
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal;
}
