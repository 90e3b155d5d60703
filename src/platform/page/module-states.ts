import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { PLATFORM_TABLES } from '../database/platform-tables.js';
import { FeedReaders } from '../events/feed-readers.js';
import type { FeedLag } from '../events/lag.js';
import { type HostedModule, HostedModules } from '../hosted-modules.js';
import type { Manifest } from '../manifest.js';
import { Placement } from '../placement/placement.js';
import type { ModuleState } from './module-table.js';

/** Looks at the modules that this process hosts, and names those that are in other projects. */
@Injectable()
export class ModuleStates {
  constructor(
    private readonly hosted: HostedModules,
    private readonly readers: FeedReaders,
    private readonly placement: Placement,
  ) {}

  async read(): Promise<ModuleState[]> {
    // Of a database that is away, nothing is known but that.
    const lags = await this.readers.lag();
    const here = this.hosted.inCallOrder().map((module) => stateOf(module, lags));
    const remote = this.placement.manifests.filter((manifest) => manifest.remote);
    return [...(await Promise.all(here)), ...remote.map(stateOfRemote)];
  }
}

const stateOfRemote = ({ name, calls, hears }: Manifest): ModuleState => ({
  name,
  calls,
  hears,
  up: 'remote',
  tables: [],
  lags: [],
});

async function stateOf(
  { manifest, database }: HostedModule,
  lags: readonly FeedLag[],
): Promise<ModuleState> {
  const { name, calls, hears } = manifest;
  const own = lags.filter(({ module }) => module === name);
  // Those whose names begin with "_" are the migrations' own.
  const tables = await database
    .query<{ name: string }>(
      sql`
        select relname as name from pg_class
        where relnamespace = ${name}::regnamespace and relkind in ('r', 'p')
          and relname !~ '^_' and relname <> all(${PLATFORM_TABLES}::text[])
        order by relname`,
    )
    .then(
      (rows) => rows.map((row) => row.name),
      () => undefined,
    );
  return { name, calls, hears, up: tables !== undefined, tables: tables ?? [], lags: own };
}
