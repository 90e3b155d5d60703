import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { rootFolder } from '../../scripts/lib/project.js';
import { fromSource, stopProcess } from './server-process.js';
import type { Wish } from './wishes.js';

export interface LoadOrder {
  readonly url: string;
  readonly seconds: number;
  readonly connections: number;
  /** Each connection sends a random choice of them, over and over. */
  readonly wishes: readonly Wish[];
}

export interface LoadResult {
  /** Answers of status 2xx per second. */
  readonly rate: number;
  /** Milliseconds that all but the slowest hundredth of the requests took at most. */
  readonly p99: number;
  /** Answers of another status, requests that failed or timed out. */
  readonly failures: number;
}

/** Sends requests from a process of its own, which stays warm from run to run. */
export class LoadProcess {
  private readonly ended = new AbortController();

  private constructor(private readonly child: ChildProcess) {
    child.once('exit', () => this.ended.abort());
  }

  static start(): LoadProcess {
    const file = fileURLToPath(new URL('load.process.ts', import.meta.url));
    return new LoadProcess(fork(file, { cwd: rootFolder, execArgv: fromSource }));
  }

  /** @throws when a request was not answered with 2xx: a fast refusal is no throughput */
  async run(order: LoadOrder): Promise<LoadResult> {
    this.child.send(order);
    const [result] = (await once(this.child, 'message', { signal: this.ended.signal })) as [
      LoadResult,
    ];
    if (result.failures > 0) {
      throw new Error(`${result.failures} requests to ${order.url} were not answered with 2xx`);
    }
    return result;
  }

  stop(): Promise<void> {
    return stopProcess(this.child);
  }
}
