import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PINNED } from './keeper-order.js';
import { freePort } from './ports.js';
import { clearOrphan } from './orphan.js';
import {
  PortTaken,
  type PostmasterOptions,
  startPostmaster,
  stopPostmaster,
} from './postmaster.js';
import { ServerFailure } from './failure.js';

/** A server that dies this often within a minute is not worth starting again. */
const MOST_RESTARTS = 5;

/** Keeps one server running until it is stopped. */
export class Supervisor {
  #child: ChildProcess | undefined;
  #stopping = false;
  #restarts: number[] = [];

  /**
   * @param folder where the port is remembered
   * @param onGivenUp called when a server that ran cannot be brought back
   */
  constructor(
    private readonly folder: string,
    private readonly options: PostmasterOptions,
    private readonly onGivenUp: (failure: unknown) => void,
  ) {}

  /**
   * Starts the server, on the remembered port when that is free; on no other one, if it is pinned.
   *
   * @returns the port
   * @throws {ServerFailure}
   */
  async start(): Promise<number> {
    // It may be what has the port.
    await clearOrphan(this.options.home.data);
    for (let attempt = 1; ; attempt += 1) {
      const remembered = this.#rememberedPort();
      const port = await freePort(remembered);
      if (remembered !== undefined && port !== remembered) this.#refuseIfPinned(remembered);
      try {
        await this.#startOn(port);
        writeFileSync(this.#portFile, String(port), { mode: 0o600 });
        return port;
      } catch (error) {
        if (!(error instanceof PortTaken) || attempt === 3) throw error;
      }
    }
  }

  /** Ends the server and resolves once it is gone; it stays ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#child) await stopPostmaster(this.#child);
  }

  async #startOn(port: number): Promise<void> {
    await clearOrphan(this.options.home.data);
    const child = await startPostmaster(this.options, port);
    this.#child = child;
    if (this.#stopping) return stopPostmaster(child);
    child.once('exit', () => void this.#revive(port));
    // It may have died before anybody listened.
    if (child.exitCode !== null || child.signalCode !== null) void this.#revive(port);
  }

  /** On the same port, so that its clients' pools find it again. */
  async #revive(port: number): Promise<void> {
    if (this.#stopping) return;
    const now = Date.now();
    this.#restarts = [...this.#restarts.filter((time) => time > now - 60_000), now];
    try {
      if (this.#restarts.length > MOST_RESTARTS) {
        throw new ServerFailure(
          `Postgres died ${this.#restarts.length} times within a minute.`,
          `Read ${this.options.log}.`,
        );
      }
      await this.#startOn(port);
    } catch (error) {
      this.onGivenUp(error);
    }
  }

  #refuseIfPinned(port: number): void {
    const pin = join(this.folder, PINNED);
    if (!existsSync(pin)) return;
    throw new ServerFailure(
      `Another program has the port ${port}, and rows that have moved are known to be there.`,
      `Stop that program; another copy of this folder, perhaps. If nothing has moved any more, remove ${pin}`,
    );
  }

  get #portFile(): string {
    return join(this.folder, 'port');
  }

  #rememberedPort(): number | undefined {
    if (!existsSync(this.#portFile)) return undefined;
    return Number(readFileSync(this.#portFile, 'utf8')) || undefined;
  }
}
