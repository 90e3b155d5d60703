import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ownerRole } from '#platform/database/names';
import { type Project, roleUrl } from '../../scripts/lib/set-up.js';
import { type AppProcess, killProcess, startAppProcess } from '../platform/app-process.js';
import { isSettled, type Shop, type Told, violations } from './books.js';
import { TestPaymentProvider } from './payment-provider.js';
import { type Household, Split } from './split.js';
import { waitFor } from './wait-for.js';

/**
 * A shop of several app processes, beside its payment provider: each hosts all modules, or those of
 * one household.
 */
export class ShopProcesses {
  readonly running = new Set<AppProcess>();
  private closed = false;
  private readonly sessions = new Map<string, Promise<pg.Client>>();

  private constructor(
    readonly project: Project,
    readonly provider: TestPaymentProvider,
    readonly mailFolder: string,
    private readonly environment: Record<string, string>,
    private readonly split: Split | undefined,
  ) {}

  /** @param groups the modules that share a process; all do without any */
  static async open(
    project: Project,
    environment: Record<string, string> = {},
    groups: readonly (readonly string[])[] = [],
  ): Promise<ShopProcesses> {
    const mailFolder = mkdtempSync(join(tmpdir(), 'mail-'));
    const provider = await TestPaymentProvider.start();
    const split = groups.length > 0 ? await Split.among(groups) : undefined;
    return new ShopProcesses(project, provider, mailFolder, environment, split);
  }

  get households(): readonly Household[] {
    return this.split?.households ?? [];
  }

  /** Starts an app, the real one but for the points at which it can be told to kill itself. */
  async start(household?: Household): Promise<AppProcess> {
    const { provider, mailFolder, project } = this;
    const app = await startAppProcess(
      {
        POOL_SIZE: '4',
        ORDERS_MAIL_FOLDER: mailFolder,
        ...provider.environment,
        ...this.environment,
        ...(household && this.split?.environmentOf(household)),
      },
      { project, script: 'test/support/faulty-app.ts' },
    );
    if (this.closed) await killProcess(app);
    this.running.add(app);
    household?.network.pointAt(app.internalPort);
    void app.ended.then(() => {
      this.running.delete(app);
      household?.network.pointAt(undefined, app.internalPort);
    });
    return app;
  }

  /** Lets the time pass for which a process that is gone would have held what it was doing. */
  async expireLeases(): Promise<void> {
    for (const module of this.project.modules) {
      await this.sql(
        module,
        `update ${module}.cursor set held_until = '-infinity' where held_until is not null;
         update ${module}.saga set held_until = '-infinity' where held_until is not null;
         update ${module}.saga set next_at = now() where next_at > now()`,
      );
    }
  }

  /** Runs statements as a module's owner, and gives the rows of the last. */
  readonly sql = async <R extends object>(module: string, text: string): Promise<R[]> => {
    const session = this.sessions.get(module) ?? this.openSession(module);
    this.sessions.set(module, session);
    return [await (await session).query<R>(text)].flat().at(-1)?.rows ?? [];
  };

  private async openSession(module: string): Promise<pg.Client> {
    const { project } = this;
    const connectionString = roleUrl(project, module, ownerRole(project.name, module));
    const client = new pg.Client({ connectionString });
    await client.connect();
    return client;
  }

  /** Runs a statement as the admin. */
  async admin(text: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.project.adminUrl });
    await client.connect();
    await client.query(text).finally(() => client.end());
  }

  /** What is wrong with the books now. */
  findings(app: AppProcess, told?: Told): Promise<string[]> {
    return violations(this.seenFrom(app), told);
  }

  /** Waits until nothing is under way any more, and gives what is wrong then. */
  async violations(app: AppProcess, told?: Told, limitMs = 30_000): Promise<string[]> {
    // What has not settled by then is among the findings.
    await waitFor(() => isSettled(this.seenFrom(app)), limitMs).catch(() => undefined);
    return this.findings(app, told);
  }

  private seenFrom({ send }: AppProcess): Shop {
    const { project, provider, mailFolder, sql } = this;
    return { modules: project.modules, sql, provider, mailFolder, send };
  }

  /** Ends everything, and what is still starting as soon as it has. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.running].map(killProcess));
    await this.provider.close();
    await this.split?.close();
    for (const session of this.sessions.values()) await (await session).end();
    rmSync(this.mailFolder, { recursive: true });
  }
}
