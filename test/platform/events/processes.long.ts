import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import sql, { raw } from 'sql-template-tag';
import { rootFolder } from '../../../scripts/lib/project.js';
import { FIXTURE_VARIABLE } from '../../support/fixture-project.js';
import { KILL_POINT } from '../../support/kill-point.js';
import { waitFor } from '../../support/wait-for.js';
import { HarbourModule } from './harbour.js';
import { FleetModule, PilotModule } from './hearers.js';
import { Stage } from './stage.js';

const stage = new Stage();
const children = new Set<ChildProcess>();

afterEach(async () => {
  await stage.stopAll();
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  children.clear();
});

/** Starts an app of the fixture modules as a process; with a point, one that kills itself there. */
async function startProcess(killPoint = ''): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=bulkhead-source',
      `--import=${rootFolder}/scripts/lib/typescript.mjs`,
      fileURLToPath(new URL('hearing-process.ts', import.meta.url)),
    ],
    {
      cwd: rootFolder,
      env: {
        PATH: process.env['PATH'],
        [FIXTURE_VARIABLE]: JSON.stringify(stage.project.project),
        [KILL_POINT]: killPoint,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  children.add(child);
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await waitFor(() => said.includes('ready') || child.signalCode !== null);
  return child;
}

const ended = (child: ChildProcess) =>
  waitFor(() => child.signalCode ?? child.exitCode ?? undefined);

const holder = async () => {
  const [row] = await stage.project.sql<{ holder: string | null }>(
    'fleet',
    'select holder from cursor',
  );
  return row?.holder ?? undefined;
};

const range = (to: number) => Array.from({ length: to }, (_, index) => index + 1);

describe('a hearer that starts', () => {
  it('hears the feed from its beginning', async () => {
    const publisher = await stage.start(HarbourModule);
    await stage.moor(publisher, 'Fram', ...range(1200));
    await stage.start(HarbourModule, FleetModule);
    await stage.caughtUp('fleet');
    expect(await stage.log('fleet', 'keeper')).toEqual(range(1200));
  });
});

describe('several processes', () => {
  it('never hear an event twice, though the cursor is taken from them again and again', async () => {
    const apps = [];
    for (let count = 3; count > 0; count -= 1) {
      apps.push(await stage.start(HarbourModule, FleetModule, PilotModule));
    }
    const [publisher] = apps as [(typeof apps)[number]];
    const holders = new Set<string | undefined>();
    for (let n = 1; n <= 60; n += 1) {
      await stage.moor(publisher, `ship ${n % 5}`, ...range(20).map((each) => (n - 1) * 20 + each));
      await stage.project.sql('fleet', 'update cursor set holder = null');
      await stage.project.sql('pilot', 'update cursor set holder = null');
      holders.add(await holder());
    }
    await stage.caughtUp('fleet');
    await stage.caughtUp('pilot');
    expect(await stage.log('fleet', 'keeper')).toEqual(range(1200));
    expect(await stage.log('pilot', 'lister')).toEqual(range(1200));
  });

  it('share nothing when two of them read the same events: the second does nothing', async () => {
    const one = await stage.start(HarbourModule, FleetModule);
    const other = await stage.start(HarbourModule, FleetModule);
    await stage.moor(one, 'Fram', 1);
    await stage.caughtUp('fleet');
    const first = await holder();
    // Both believe that they hold it, until they try to move it.
    await stage.project.sql('fleet', 'update cursor set held_until = now()');
    await waitFor(async () => (await holder()) !== undefined);
    await stage.moor(other, 'Fram', 2, 3);
    await stage.caughtUp('fleet');
    expect(await stage.log('fleet', 'keeper')).toEqual([1, 2, 3]);
    expect(first).toBeDefined();
    await stage.stop(one);
  });

  it('let another go on when one is told to end', async () => {
    const one = await stage.start(HarbourModule, FleetModule);
    await stage.moor(one, 'Fram', 1);
    await stage.caughtUp('fleet');
    const first = await holder();
    const other = await stage.start(HarbourModule, FleetModule);
    await stage.stop(one);
    expect(await holder()).not.toBe(first);
    await stage.moor(other, 'Fram', 2);
    await stage.caughtUp('fleet');
    expect(await stage.log('fleet', 'keeper')).toEqual([1, 2]);
  });

  it('wake each other up', async () => {
    const publisher = await stage.start(HarbourModule);
    const hearer = await stage.start(HarbourModule, FleetModule);
    let hints = 0;
    hearer.database('harbour').feed.subscribe(() => (hints += 1));
    // It listens soon after the start; a hint before that is lost.
    await waitFor(async () => {
      await stage.moor(publisher, 'Fram', 1);
      return hints > 0;
    });
    await stage.caughtUp('fleet');
  });

  it('listen again after the connection was lost', async () => {
    const publisher = await stage.start(HarbourModule);
    const hearer = await stage.start(HarbourModule, FleetModule);
    const listeners = `select pid from pg_stat_activity where query = 'listen feed'`;
    const listening = async () => {
      const rows = await hearer.database('harbour').query<{ pid: number }>(raw(listeners));
      return rows.length === 2 && rows.map(({ pid }) => pid);
    };
    const before = await waitFor(listening);
    const end = sql`select pg_terminate_backend(pid) from unnest(${before}::int[]) as pid`;
    await hearer.database('harbour').query(end);
    await waitFor(async () => (await waitFor(listening)).every((pid) => !before.includes(pid)));
    let hints = 0;
    hearer.database('harbour').feed.subscribe(() => (hints += 1));
    await stage.moor(publisher, 'Fram', 1);
    await waitFor(() => hints > 0);
  });
});

describe('a process that is killed while it reads', () => {
  it.each(['events.before-handlers', 'events.before-commit', 'events.after-commit'])(
    'at %s loses and doubles nothing: another takes over',
    async (point) => {
      const publisher = await stage.start(HarbourModule);
      const doomed = await startProcess(`${point}:3`);
      for (let n = 1; n <= 30; n += 1) await stage.moor(publisher, `ship ${n % 3}`, n);
      expect(await ended(doomed)).toBe('SIGKILL');
      await stage.start(HarbourModule, FleetModule, PilotModule);
      await stage.caughtUp('fleet');
      await stage.caughtUp('pilot');
      expect(await stage.log('fleet', 'keeper')).toEqual(range(30));
      expect(await stage.log('pilot', 'lister')).toEqual(range(30));
    },
  );

  it('is replaced by one that was standing by', async () => {
    const publisher = await stage.start(HarbourModule);
    const doomed = await startProcess();
    await stage.moor(publisher, 'Fram', 1);
    await stage.caughtUp('fleet');
    const heir = await startProcess();
    const before = await holder();
    doomed.kill('SIGKILL');
    await ended(doomed);
    await stage.moor(publisher, 'Fram', 2);
    await stage.caughtUp('fleet');
    expect(await holder()).not.toBe(before);
    expect(await stage.log('fleet', 'keeper')).toEqual([1, 2]);
    heir.kill('SIGTERM');
    expect(await ended(heir)).toBe(0);
    expect(await holder()).toBeUndefined();
  });
});
