import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { urlWith } from '#platform/database/names';
import {
  acquireEmbedded,
  type EmbeddedLease,
  isRetired,
  pinPort,
  retire,
} from './embedded/index.js';
import { dataFolder, projectName } from './project.js';

/** Milliseconds between two looks for servers that another command has added or retired. */
const INTERVAL = 500;
const MAIN = 'postgres';
/** Folder of the states of servers that were added, each in one that is called after its module. */
const ADDED = 'moved';

/**
 * This clone's own servers: the one that holds the project, and one more for each module that has
 * moved to `--target embedded`. Whoever uses the first uses all of them, so that they run together.
 */
export class OwnServers {
  private readonly added = new Map<string, EmbeddedLease>();
  private readonly timer: NodeJS.Timeout;
  private turn: Promise<void> = Promise.resolve();

  private constructor(
    private readonly folder: string,
    private readonly main: EmbeddedLease,
  ) {
    this.timer = setInterval(() => void this.follow().catch(() => undefined), INTERVAL).unref();
  }

  /**
   * @param folder absolute path of the folder for their states
   * @throws {CliError} saying why one of them cannot run; exit code 2
   */
  static async open(folder = dataFolder): Promise<OwnServers> {
    const main = await acquireEmbedded({ folder: join(folder, MAIN) });
    const servers = new OwnServers(folder, main);
    try {
      await servers.follow();
    } catch (error) {
      await servers.release();
      throw error;
    }
    return servers;
  }

  /** Admin URL of the project's database, which may not exist yet. */
  get adminUrl(): string {
    return projectUrlOf(this.main);
  }

  /** The same on the server that was added for a module; undefined while there is none. */
  urlOf(module: string): string | undefined {
    const lease = this.added.get(module);
    return lease && projectUrlOf(lease);
  }

  /** Adds a server for a module, unless there is one. @throws {CliError} as open does */
  async add(module: string): Promise<void> {
    const folder = this.folderOf(module);
    // It is found there: by another place than the one that it is known by, rows would be lost.
    pinPort(folder);
    await this.follow();
  }

  /** Lets go of the server that was added for a module. It ends with its data once all have. */
  async retire(module: string): Promise<void> {
    retire(this.folderOf(module));
    await this.follow();
  }

  /** Retires all that were added, and gives their modules. */
  async retireAll(): Promise<readonly string[]> {
    const modules = this.names();
    for (const module of modules) await this.retire(module);
    return modules;
  }

  /** Lets the first server start on its port of today or not at all: others are told of it. */
  pin(): void {
    pinPort(join(this.folder, MAIN));
  }

  /** Lets go of all; those that nobody else uses have ended when this resolves. */
  async release(): Promise<void> {
    clearInterval(this.timer);
    await this.turn.catch(() => undefined);
    await Promise.all([this.main, ...this.added.values()].map((lease) => lease.release()));
  }

  /** Looks for those that were added or retired; one look at a time. */
  private follow(): Promise<void> {
    this.turn = this.turn.catch(() => undefined).then(() => this.look());
    return this.turn;
  }

  /** Leases those that are there, and no others. */
  private async look(): Promise<void> {
    const names = this.names();
    for (const [module, lease] of this.added) {
      if (names.includes(module)) continue;
      this.added.delete(module);
      await lease.release();
    }
    for (const module of names) {
      if (this.added.has(module)) continue;
      this.added.set(module, await acquireEmbedded({ folder: this.folderOf(module) }));
    }
  }

  private names(): string[] {
    const folder = join(this.folder, ADDED);
    const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
    // A file, such as a file manager leaves, is no server.
    const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    return names.filter((name) => !isRetired(this.folderOf(name)));
  }

  private folderOf(module: string): string {
    return join(this.folder, ADDED, module);
  }
}

const projectUrlOf = ({ url }: EmbeddedLease) => urlWith(url, { database: projectName });
