import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { loginRole, ownerRole, passwordOf, urlWith } from '#platform/database/names';
import type { EmbeddedLease } from '../../scripts/lib/embedded/index.js';
import { type Done, extract } from '../../scripts/lib/extraction/steps/mover.js';
import type { MoverOptions } from '../../scripts/lib/extraction/steps/mover-options.js';
import type { Verb } from '../../scripts/lib/extraction/sides/journal.js';
import { type Move, type MoveRequest, withMove } from '../../scripts/lib/extraction/sides/move.js';
import { migrate, targetsOf } from '../../scripts/lib/migrations/index.js';
import { prismaFolder } from '../../scripts/lib/project.js';
import { startServerOf } from '../support/server-of-version.js';
import { waitFor } from '../support/wait-for.js';
import { type Project, setUp } from '../../scripts/lib/set-up.js';

export const POOL_SIZE = 10;
export const MODULE = 'thing';

/** Of servers that crash: what was acknowledged is in the log, and replication comes back at once. */
export const CRASHING = { synchronous_commit: 'on', wal_retrieve_retry_interval: '100ms' };

/** A server of the spec's own, with a module that has something of every kind, and a place to go. */
export class MovingModule {
  private readonly folder = mkdtempSync(join(tmpdir(), 'moving-'));

  private constructor(
    private readonly leases: readonly EmbeddedLease[],
    readonly project: Project,
    /** Admin URL of a database on another server. */
    readonly elsewhere: string,
  ) {}

  /**
   * @param settings of both servers
   * @param admin makes the admin of a server that has just started, and gives its URL
   */
  static async open(
    settings: Record<string, string> = {},
    admin: (superuserUrl: string) => Promise<string> = (url) => Promise.resolve(url),
  ): Promise<MovingModule> {
    const { HOME_POSTGRES, AWAY_POSTGRES } = process.env;
    const [home, away] = await Promise.all([
      startServerOf(HOME_POSTGRES, settings),
      startServerOf(AWAY_POSTGRES, settings),
    ]);
    const adminUrl = urlWith(await admin(home.url), { database: 'moving' });
    const secret = 'a secret of at least thirty-two characters';
    const project = { adminUrl, secret, name: 'moving', modules: [MODULE, 'other'] };
    const elsewhere = urlWith(await admin(away.url), { database: 'moved' });
    const moving = new MovingModule([home, away], project, elsewhere);
    await moving.setUp();
    return moving;
  }

  private async setUp(): Promise<void> {
    cpSync(join(prismaFolder, 'platform'), join(this.folder, 'platform'), { recursive: true });
    await setUp({ ...this.project, modules: ['other'] }, { poolSize: POOL_SIZE });
    await setUp(this.project, { poolSize: POOL_SIZE });
    await this.migration(1, everyType);
  }

  /** Writes one of the module's migrations. */
  write(number: number, sql: string): void {
    mkdirSync(this.migrationFolder(number), { recursive: true });
    writeFileSync(join(this.migrationFolder(number), 'migration.sql'), sql);
  }

  /** The same, and applies it at home. */
  async migration(number: number, sql: string): Promise<void> {
    this.write(number, sql);
    await migrate(targetsOf(this.project, this.project.name, [MODULE]), {
      prismaFolder: this.folder,
    });
  }

  /** Takes back one that was not applied. */
  forget = (number: number): void => rmSync(this.migrationFolder(number), { recursive: true });

  private migrationFolder = (number: number) =>
    join(this.folder, MODULE, `migrations/2026010100000${number}_step`);

  request(target: string | undefined = this.elsewhere): MoveRequest {
    const { project, folder } = this;
    const say = () => undefined;
    return { project, module: MODULE, poolSize: POOL_SIZE, prismaFolder: folder, target, say };
  }

  verb(verb: Verb, target?: string, options: Partial<MoverOptions> = {}): Promise<Done> {
    return extract(this.request(target), verb, { maxPause: 5_000, ...options });
  }

  /** Does several verbs, and gives what the last did. */
  async verbs(verbs: readonly Verb[], target?: string): Promise<Done> {
    let done: Done | undefined;
    for (const verb of verbs) done = await this.verb(verb, target);
    return done as Done;
  }

  look = <T>(work: (move: Move) => Promise<T>, target?: string): Promise<T> =>
    withMove(this.request(target), 'look', work);

  /** Where the module's login role finds it. */
  loginUrl(database?: string): string {
    return this.urlOf(loginRole(this.project.name, MODULE), database);
  }

  ownerUrl(database?: string): string {
    return this.urlOf(ownerRole(this.project.name, MODULE), database);
  }

  private urlOf(user: string, database = this.project.adminUrl): string {
    return urlWith(database, { user, password: passwordOf(this.project.secret, user) });
  }

  /** Runs statements as the admin, and gives the rows of the last. */
  async sql<Row extends object>(text: string, url = this.project.adminUrl): Promise<Row[]> {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return [await client.query<Row>(text)].flat().at(-1)?.rows ?? [];
    } finally {
      await client.end();
    }
  }

  /**
   * Lets a server crash: when one of its processes is killed, Postgres ends all of them, forgets
   * what is in memory, and recovers from its log. Gives back once it answers again.
   */
  async crash(url: string): Promise<void> {
    const victim = new pg.Client({ connectionString: url });
    victim.on('error', () => undefined);
    await victim.connect();
    const ended = new Promise((resolve) => victim.once('end', resolve));
    const { rows } = await victim.query<{ pid: number }>('select pg_backend_pid() as pid');
    process.kill(rows[0]?.pid as number, 'SIGKILL');
    await ended;
    await waitFor(() => this.sql('select', url));
  }

  async close(): Promise<void> {
    rmSync(this.folder, { recursive: true });
    for (const lease of this.leases) await lease.release();
  }
}

const everyType = readFileSync(new URL('every-type.sql', import.meta.url), 'utf8');

/** Rows with values of every kind, the odd ones among them. */
export const ROWS = `
  set search_path = thing;
  insert into everything (small, big, exact, single, double, words, bounded, padded, bytes, flag,
    day, clock, zoned_clock, moment, instant, span, token, plain, document, numbers, lines, state,
    states, address, network, hardware, bits, more_bits, place, range, ranges, markup, search, price)
  select n, n * 1000000007::bigint, n / 7.0, n / 3.0, case n % 5 when 0 then 'NaN' when 1 then '-Infinity' else n / 3.0 end,
    repeat('wide ', n * 50), 'é' || n, 'p' || n, decode(lpad(to_hex(n), 6, '0'), 'hex'), n % 2 = 0,
    date '2026-01-01' + n, time '10:00' + n * interval '1 second', timetz '10:00+02', timestamp '2026-01-01' + n * interval '1 hour',
    timestamptz '2026-01-01Z' + n * interval '1 hour', n * interval '1 day 3 seconds', md5(n::text)::uuid,
    '{"b": 1, "a" :2}', jsonb_build_object('n', n, 'text', e'line\\nbreak'), array[n, null, n + 1],
    array['a,b', '{"x"}', null], case when n % 2 = 0 then 'calm' else 'angry' end::mood, array['calm', 'angry']::mood[],
    '10.0.0.1/24', '10.0.0.0/24', '08:00:2b:01:02:03', B'10101', B'1', point(n, 0.1), int4range(n, n + 5),
    int4multirange(int4range(n, n + 5), int4range(n + 9, null)), '<a>1</a>', 'a fat cat'::tsvector, n::numeric::money
  from generate_series(1, 200) as n;
  insert into everything default values;
  insert into "Odd ""Name" select md5(n::text)::uuid, 'a "quoted" ' || n, null from generate_series(1, 50) as n;
  insert into measure select n, date '2025-12-01' + n, 'v' || n from generate_series(1, 60) as n;
  insert into note (about, text) select n, 'NOTE ' || n from generate_series(1, 100) as n;
  update note set text = lower(text) where id % 3 = 0;
  insert into tag select 'tag ' || n, n from generate_series(1, 20) as n;
  select nextval('ticket'), nextval('ticket')`;
