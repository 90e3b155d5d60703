import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { urlWith } from '#platform/database/names';
import { type EmbeddedLease, startScratchServer } from '../../../scripts/lib/embedded/index.js';
import type { Verb } from '../../../scripts/lib/extraction/sides/journal.js';
import { type Done, extract } from '../../../scripts/lib/extraction/steps/mover.js';
import { migrate, targetsOf } from '../../../scripts/lib/migrations/index.js';
import { prismaFolder, projectName, rootFolder } from '../../../scripts/lib/project.js';
import { type Project, setUp } from '../../../scripts/lib/set-up.js';
import { fromSource } from '../server-process.js';
import type { WritersOrder, WritersReport } from './writers.process.js';

export const MODULE = 'parcel';
export const WRITERS = 8;
const POOL_SIZE = 20;

const TABLES = `
create table entry (id uuid primary key, number bigserial, body text not null, at timestamptz not null default now());
create index entry_at on entry (at);
create table line (id bigint primary key, entry uuid not null, sku text not null, amount numeric not null);
create index line_entry on line (entry);
create table counter (id int primary key, value bigint not null);
insert into counter select n, 0 from generate_series(1, ${WRITERS}) as n;`;

/** Two servers that wait for their disks, and a module with some three tables beside the platform's. */
export class MovingStage {
  private constructor(
    private readonly leases: readonly EmbeddedLease[],
    private readonly folder: string,
    readonly project: Project,
    readonly target: string,
  ) {}

  /** @param rows of each of the two large tables */
  static async set(rows: number): Promise<MovingStage> {
    const settings = {
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      max_wal_size: '4GB',
    };
    const leases = [await startScratchServer({ settings }), await startScratchServer({ settings })];
    const [home, away] = leases.map(({ url }) => url) as [string, string];
    const folder = mkdtempSync(join(tmpdir(), `${projectName}-extract-`));
    const project = {
      adminUrl: urlWith(home, { database: 'bench' }),
      secret: 'of a server that nobody else can reach',
      name: 'bench',
      modules: [MODULE],
    };
    const target = urlWith(away, { database: 'moved' });
    const stage = new MovingStage(leases, folder, project, target);
    await stage.fill(rows);
    return stage;
  }

  private async fill(rows: number): Promise<void> {
    cpSync(join(prismaFolder, 'platform'), join(this.folder, 'platform'), { recursive: true });
    const migration = join(this.folder, MODULE, 'migrations/20260101000000_init');
    mkdirSync(migration, { recursive: true });
    writeFileSync(join(migration, 'migration.sql'), TABLES);
    await setUp(this.project, { poolSize: POOL_SIZE });
    await migrate(targetsOf(this.project, this.project.name, [MODULE]), {
      prismaFolder: this.folder,
    });
    await this.sql(`
      insert into ${MODULE}.entry (id, body) select gen_random_uuid(), repeat('x', 40 + n % 80) from generate_series(1, ${rows}) as n;
      insert into ${MODULE}.line select n, gen_random_uuid(), 'SKU-' || n % 1000, n / 100.0 from generate_series(1, ${rows}) as n;
      vacuum analyze ${MODULE}.entry, ${MODULE}.line`);
  }

  verb(verb: Verb): Promise<Done> {
    const { project, folder, target } = this;
    const say = () => undefined;
    const request = {
      project,
      module: MODULE,
      poolSize: POOL_SIZE,
      prismaFolder: folder,
      target,
      say,
    };
    return extract(request, verb, { maxPause: 10_000 });
  }

  /** Runs statements one by one as the admin, and gives the rows of the last. */
  async sql<Row extends object>(text: string, url = this.project.adminUrl): Promise<Row[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      let rows: Row[] = [];
      for (const statement of text.split(';')) rows = (await client.query<Row>(statement)).rows;
      return rows;
    } finally {
      await client.end();
    }
  }

  async close(): Promise<void> {
    rmSync(this.folder, { recursive: true });
    for (const lease of this.leases) await lease.release();
  }
}

/** Writers in a process of their own. */
export class WritersProcess {
  private constructor(private readonly child: ChildProcess) {}

  static async start(project: Project, restMs: number): Promise<WritersProcess> {
    const file = fileURLToPath(new URL('writers.process.ts', import.meta.url));
    const child = fork(file, { cwd: rootFolder, execArgv: fromSource });
    child.send({ project, module: MODULE, writers: WRITERS, restMs } satisfies WritersOrder);
    await once(child, 'message');
    return new WritersProcess(child);
  }

  report = (): Promise<WritersReport> => this.ask('report');

  /** @returns what was seen last */
  async stop(): Promise<WritersReport> {
    const gone = once(this.child, 'exit');
    const report = await this.ask('stop');
    await gone;
    return report;
  }

  private async ask(what: 'report' | 'stop'): Promise<WritersReport> {
    this.child.send(what);
    return ((await once(this.child, 'message')) as [WritersReport])[0];
  }
}
