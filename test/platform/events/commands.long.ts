import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { manifestOf } from '#platform/define-module';
import type { FixtureApp } from '../../support/fixture-project.js';
import { ProjectCommands } from '../../support/project-commands.js';
import { waitFor } from '../../support/wait-for.js';
import { HarbourModule } from './harbour.js';
import { before, FleetModule, PilotModule } from './hearers.js';
import { failingOn, Stage } from './stage.js';

const MODULES = [HarbourModule, FleetModule, PilotModule];
const stage = new Stage();
let commands: ProjectCommands;

beforeAll(() => {
  commands = new ProjectCommands(stage.project.project, MODULES.map(manifestOf));
});
afterAll(() => commands.remove());

const run = (command: string, ...args: string[]) => commands.run(command, args);
const json = ({ stdout }: { stdout: string }) => JSON.parse(stdout);

/** What is refused or mistyped says what is so, and what to do. */
const complaint = (status: number, fact: string, remedy: string) => ({
  status,
  stdout: '',
  stderr: `${fact}\n\n  ${remedy}\n`,
});

describe('while no app hears', () => {
  it('npm run events:lag says what is unread, and exits 1 when that is more than is bearable', async () => {
    const app = await stage.start(HarbourModule);
    await stage.moor(app, 'Fram', 1, 2, 3);
    await stage.stop(app);
    const [bearable, tooMany] = await Promise.all([
      run('events:lag', '--most', '3'),
      run('events:lag', '--most', '2', '--json'),
    ]);
    expect(bearable).toMatchObject({ status: 0, stderr: '' });
    expect(bearable.stdout).toMatch(
      /^fleet hears harbour: 3 behind, for \d+\.\d s\npilot hears harbour: 3 behind, for \d+\.\d s\n$/,
    );
    expect(tooMany.status).toBe(1);
    const unread = { feed: 'harbour', events: 3, seconds: expect.any(Number), parked: 0 };
    expect(json(tooMany)).toEqual([
      { module: 'fleet', ...unread },
      { module: 'pilot', ...unread },
    ]);
  });
});

describe('while an app hears', () => {
  const failing = new Set<number>();
  let app: FixtureApp;

  beforeAll(async () => {
    app = await stage.start(...MODULES);
  });
  afterAll(() => stage.stop(app));
  beforeEach(() => failing.clear());

  const logged = () => stage.log('fleet', 'keeper');
  const isLogged = (...ns: number[]) =>
    waitFor(async () => JSON.stringify(await logged()) === JSON.stringify(ns));

  /** Fram's 2 and Maud's 4 cannot be handled; 3 waits behind 2. Gives their positions. */
  async function park(): Promise<number[]> {
    [2, 4].forEach((n) => failing.add(n));
    before.keeper = failingOn(failing);
    await stage.moor(app, 'Fram', 1, 2, 3);
    await stage.moor(app, 'Maud', 4);
    await stage.caughtUp('fleet');
    await stage.caughtUp('pilot');
    const rows = await stage.project.sql<{ position: number }>(
      'fleet',
      'select position::int from parked order by position',
    );
    return rows.map(({ position }) => position);
  }

  it('npm run events:parked lists what was put aside, has it retried, and drops it', async () => {
    const [two, three, four] = await park();
    const [lag, listed, asJson] = await Promise.all([
      run('events:lag'),
      run('events:parked', 'list'),
      run('events:parked', 'list', 'fleet', 'harbour', '--subject', 'Maud', '--json'),
    ]);
    expect(lag).toEqual({
      status: 1,
      stdout: 'fleet hears harbour: up to date, 3 parked\npilot hears harbour: up to date\n',
      stderr: '',
    });
    expect(listed).toEqual({
      status: 0,
      stdout:
        `fleet harbour ${two}: harbour.ship-moored.v1 of "Fram", failed after 5 tries\n  cannot handle 2\n` +
        `fleet harbour ${three}: harbour.ship-moored.v1 of "Fram", behind ${two}\n` +
        `fleet harbour ${four}: harbour.ship-moored.v1 of "Maud", failed after 5 tries\n  cannot handle 4\n`,
      stderr: '',
    });
    expect(asJson.status).toBe(0);
    expect(json(asJson)).toEqual([
      {
        module: 'fleet',
        feed: 'harbour',
        position: four,
        type: 'harbour.ship-moored.v1',
        subject: 'Maud',
        reason: 'failed',
        error: 'cannot handle 4',
        behind: null,
        attempts: 5,
        parkedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        wanted: null,
      },
    ]);

    failing.clear();
    const retried = await run('events:parked', 'retry', 'fleet', 'harbour', '--subject', 'Fram');
    expect(retried.status).toBe(0);
    expect(retried.stdout).toMatch(`to be tried again: fleet harbour ${two}: `);
    await isLogged(1, 2, 3);
    expect(await stage.parked('fleet')).toMatchObject([{ n: 4 }]);

    const where = ['fleet', 'harbour', '--position', String(four)];
    const dropped = await run('events:parked', 'drop', ...where);
    expect(dropped.status).toBe(0);
    expect(dropped.stdout).toMatch(`dropped: fleet harbour ${four}: `);
    const nothing = await run('events:parked', 'drop', ...where);
    expect(nothing).toEqual({ status: 1, stdout: 'nothing is parked there\n', stderr: '' });
    await stage.moor(app, 'Maud', 5);
    await isLogged(1, 2, 3, 5);
  });

  it('npm run events:replay has the feed heard again, once it is said that the rows may stay', async () => {
    const [two] = await park();
    failing.clear();
    const end = await stage.lastPosition();
    const from = ['fleet', 'harbour', '--from', String(two)];
    const [refused, planned] = await Promise.all([
      run('events:replay', ...from),
      run('events:replay', ...from, '--dry-run'),
    ]);
    expect(refused).toEqual(
      complaint(
        1,
        '"fleet" has rows in "log". Where its handlers add up, 3 events would count twice.',
        'Delete first what these events have made, or say --keep-rows when hearing them again changes nothing. See docs/events.md#replaying',
      ),
    );
    expect(planned).toEqual({
      status: 0,
      stdout:
        `fleet hears harbour again: cursor from ${end} to ${(two as number) - 1}, 3 events, 3 parked\n` +
        'rows stay in "log": what adds up there counts twice\n',
      stderr: '',
    });
    expect(await stage.cursor('fleet')).toBe(end);
    expect(await stage.parked('fleet')).toHaveLength(3);

    const done = await run('events:replay', ...from, '--keep-rows', '--json');
    expect(done.status).toBe(0);
    expect(json(done)).toEqual({
      module: 'fleet',
      feed: 'harbour',
      from: end,
      to: (two as number) - 1,
      events: 3,
      parked: 3,
      keeps: ['log'],
    });
    await isLogged(1, 2, 3, 4);
    expect(await stage.parked('fleet')).toEqual([]);
  });

  it('npm run events:replay needs no such word when the rows were deleted first', async () => {
    await stage.moor(app, 'Fram', 1, 2);
    await stage.caughtUp('fleet');
    await stage.project.sql('fleet', 'delete from log');
    const { status, stdout } = await run(
      'events:replay',
      ...['fleet', 'harbour', '--from', 'beginning'],
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^fleet hears harbour again: cursor from \d+ to 0, 2 events, 0 parked\n$/,
    );
    await isLogged(1, 2);
  });
});

describe('a command that is asked for what it cannot do', () => {
  it('says so, with what to do, and changes nothing', async () => {
    const [action, all, position, module, start, ahead, secret] = await Promise.all([
      run('events:parked', 'toString'),
      run('events:parked', 'drop', 'fleet'),
      run('events:parked', 'drop', 'fleet', '--position', '3'),
      run('events:parked', 'list', 'harbour'),
      run('events:replay', 'fleet', 'harbour', '--from', 'noon'),
      run('events:replay', 'fleet', 'harbour', '--from', 'beginning'),
      commands.run('events:lag', [], { DATABASE_SECRET: 'another secret'.padEnd(32, '.') }),
    ]);
    expect(action).toEqual(complaint(2, '"toString" is no action.', 'Say list, retry or drop.'));
    expect(all).toEqual(
      complaint(2, 'That would drop every parked event.', 'Add --all if you mean it.'),
    );
    expect(position).toEqual(
      complaint(
        2,
        'Each feed has a position 3 of its own.',
        'Say of which: npm run events:parked -- drop <module> <feed> --position 3',
      ),
    );
    expect(module).toEqual(
      complaint(
        1,
        'No module "harbour" hears any feed.',
        'Who hears whom: fleet harbour, pilot harbour',
      ),
    );
    expect(start).toEqual(
      complaint(
        2,
        '"noon" is neither "beginning" nor a position nor a time.',
        'Write a time as in 2026-01-31T12:00:00Z.',
      ),
    );
    expect(ahead).toEqual(
      complaint(
        1,
        '"fleet" has read the feed of "harbour" up to 0, and heard nothing from there on.',
        'Choose an earlier position or time; npm run events:lag shows what is still to be read.',
      ),
    );
    expect(secret).toMatchObject({ status: 2, stdout: '' });
    expect(secret.stderr).toMatch(
      /^The module "fleet" is not provisioned in this database: .*\n\n {2}Provision it first: npm run db:provision\n$/,
    );
  });
});
