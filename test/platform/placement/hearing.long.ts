import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rootFolder } from '../../../scripts/lib/project.js';
import { FIXTURE_VARIABLE, type FixtureApp } from '../../support/fixture-project.js';
import { KILL_POINT } from '../../support/kill-point.js';
import { waitFor } from '../../support/wait-for.js';
import { HarbourModule, LOG, ShipMoored } from '../events/harbour.js';
import { FleetModule, PilotModule } from '../events/hearers.js';
import { type Side, TwoSides } from './two-sides.js';

const sides = new TwoSides(['harbour', 'fleet', 'pilot'], async (project) => {
  for (const hearer of ['fleet', 'pilot']) await project.sql(hearer, LOG);
});
const children = new Set<ChildProcess>();
const apps: FixtureApp[] = [];
/** Where each module's rows are. */
let where: Record<string, Side>;

beforeEach(async () => {
  for (const module of ['harbour', 'fleet', 'pilot']) await sides.move(module, 'home');
  where = { harbour: 'home', fleet: 'home', pilot: 'home' };
  await sides.sql('home', 'harbour', 'delete from feed');
  for (const hearer of ['fleet', 'pilot']) {
    await sides.sql('home', hearer, 'delete from cursor; delete from parked; delete from log');
  }
});
afterEach(async () => {
  for (const child of children) await kill(child);
  for (const app of apps.splice(0)) await sides.stop(app);
});

async function start(): Promise<FixtureApp> {
  const app = await sides.start([HarbourModule, FleetModule, PilotModule]);
  apps.push(app);
  return app;
}

async function startProcess(): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=bulkhead-source',
      `--import=${rootFolder}/scripts/lib/typescript.mjs`,
      fileURLToPath(new URL('../events/hearing-process.ts', import.meta.url)),
    ],
    {
      cwd: rootFolder,
      env: {
        PATH: process.env['PATH'],
        [FIXTURE_VARIABLE]: JSON.stringify(sides.project.project),
        [KILL_POINT]: '',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  children.add(child);
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await waitFor(() => said.includes('ready'));
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function move(module: string): Promise<void> {
  const side = where[module] === 'home' ? 'away' : 'home';
  await sides.move(module, side);
  where[module] = side;
}

const moor = (app: FixtureApp, n: number) =>
  app.database('harbour').transaction((tx) => tx.publish(ShipMoored, { ship: `ship ${n % 3}`, n }));

const log = async (module: string, by: string) => {
  const rows = await sides.sql<{ n: number }>(
    where[module] as Side,
    module,
    `select n from log where by = '${by}' order by id`,
  );
  return rows.map(({ n }) => n);
};

const range = (to: number) => Array.from({ length: to }, (_, index) => index + 1);

/** Waits until both have heard so many, and expects that each was heard once and in order. */
async function expectHeard(count: number): Promise<void> {
  for (const [module, by] of [
    ['fleet', 'keeper'],
    ['fleet', 'second'],
    ['pilot', 'lister'],
  ] as const) {
    await waitFor(async () => (await log(module, by)).length >= count);
    expect(await log(module, by)).toEqual(range(count));
  }
}

describe('a feed', () => {
  it('keeps its order, and its hearers miss and repeat nothing, while everybody moves', async () => {
    const app = await start();
    await start();
    let n = 0;
    let going = true;
    const publishing = (async () => {
      while (going) await moor(app, (n += 1));
    })();
    for (const module of ['harbour', 'fleet', 'harbour', 'pilot', 'fleet', 'harbour']) {
      const before = n;
      await waitFor(() => n > before + 10);
      await move(module);
    }
    going = false;
    await publishing;
    await expectHeard(n);
  });

  it('is read on at the new place by who had read it at the old one', async () => {
    const app = await start();
    for (const n of range(5)) await moor(app, n);
    await expectHeard(5);
    await move('harbour');
    await moor(app, 6);
    await expectHeard(6);
  });

  it('wakes those who hear it in another process, at the new place as at the old one', async () => {
    const [publisher, hearer] = [await start(), await start()];
    await move('harbour');
    let hints = 0;
    hearer.database('harbour').feed.subscribe(() => (hints += 1));
    let n = 0;
    await waitFor(async () => {
      await moor(publisher, (n += 1));
      return hints > 0;
    });
    await expectHeard(n);
  });
});

describe('a process', () => {
  it.each(['harbour', 'fleet'])(
    'that is killed between the fence and the new place of %s is followed by one that starts there',
    async (module) => {
      const app = await start();
      await moor(app, 1);
      await expectHeard(1);
      const doomed = await startProcess();
      await sides.close(module, 'home');
      await kill(doomed);
      await startProcess();
      const publishing = moor(app, 2);
      await sides.open(module, 'away');
      where[module] = 'away';
      await publishing;
      await expectHeard(2);
    },
  );

  it.each(['harbour', 'fleet'])(
    'that was stopped while %s moved finds it, and writes nothing where it was',
    async (module) => {
      const app = await start();
      await moor(app, 1);
      await expectHeard(1);
      const stopped = await startProcess();
      for (const each of apps.splice(0)) await sides.stop(each);
      await waitFor(async () => {
        const rows = await sides.sql(
          'home',
          'fleet',
          'select from cursor where holder is not null',
        );
        return rows.length > 0;
      });
      stopped.kill('SIGSTOP');
      await move(module);
      const before = await sides.sql('home', module, 'table cursor');
      const publisher = await sides.start([HarbourModule]);
      await moor(publisher, 2);
      await sides.stop(publisher);
      stopped.kill('SIGCONT');
      await expectHeard(2);
      expect(await sides.sql('home', module, 'table cursor')).toEqual(before);
    },
  );
});
