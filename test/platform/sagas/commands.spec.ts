import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ModuleUnavailable } from '#platform/errors';
import { ProjectCommands } from '../../support/project-commands.js';
import { waitFor } from '../../support/wait-for.js';
import { failing, NoRoom, ShopFloor } from './shop-floor.js';

const oak = { what: 'oak' };
let floor: ShopFloor;
let commands: ProjectCommands;

beforeAll(async () => {
  floor = await ShopFloor.open();
  commands = new ProjectCommands(floor.project.project, [{ name: 'floor', calls: [], hears: [] }]);
});
afterAll(async () => {
  commands.remove();
  await floor.close();
});
beforeEach(() => floor.empty());

const run = (command: string, ...args: string[]) => commands.run(command, args);
const json = ({ stdout }: { stdout: string }) => JSON.parse(stdout);
const ended = (id: string, state: string) =>
  waitFor(async () => ((await floor.row(id))?.['state'] as string | undefined) === state);
const parked = (id: string) => waitFor(async () => (await floor.row(id))?.['parked_at'] != null);

/** What is refused says what is so, and what to do. */
const complaint = (status: number, fact: string, remedy: string) => ({
  status,
  stdout: '',
  stderr: `${fact}\n\n  ${remedy}\n`,
});

describe('of sagas under way, one that waits for a person, and one that has ended', () => {
  beforeEach(async () => {
    const saga = floor.define();
    floor.run(saga);
    await floor.start(saga, 'done', oak);
    await ended('done', 'completed');
    // Its second step is refused, and so is, once, the compensation of the first.
    floor.behaviours.set(
      'drill.run',
      failing(1, () => new NoRoom({ left: 0 })),
    );
    floor.behaviours.set(
      'saw.compensate',
      failing(1, () => new NoRoom({ left: 1 })),
    );
    await floor.start(saga, 'stuck', oak);
    await parked('stuck');
    floor.behaviours.set('drill.run', async () => {
      throw new ModuleUnavailable({ module: 'drills' });
    });
    await floor.start(saga, 'waiting', oak);
    await waitFor(async () => (await floor.row('waiting'))?.['failure'] != null);
  });

  const STUCK =
    'floor  build  stuck  compensating, at "saw"; after 1 attempts: floor.no-room: There is no room.; WAITS FOR A PERSON\n';
  const WAITING =
    /^floor {2}build {2}waiting {2}running, at "drill"; after \d+ attempts: module\.unavailable: .*; next \d{4}-.*Z$/m;

  it('npm run sagas:list and sagas:show tell where they stand', async () => {
    const [open, onlyParked, all, whole, wholeAsJson] = await Promise.all([
      run('sagas:list'),
      run('sagas:list', 'floor', '--parked', '--json'),
      run('sagas:list', '--all'),
      run('sagas:show', 'floor', 'stuck'),
      run('sagas:show', 'floor', 'stuck', '--json'),
    ]);
    for (const { status, stderr } of [open, onlyParked, all, whole, wholeAsJson]) {
      expect([status, stderr]).toEqual([0, '']);
    }
    expect(open.stdout).toContain(STUCK);
    expect(open.stdout).toMatch(WAITING);
    expect(open.stdout).not.toContain('done');
    expect(json(onlyParked)).toMatchObject([{ module: 'floor', id: 'stuck', parked: true }]);
    expect(all.stdout).toMatch(/^floor {2}build {2}done {2}completed\n/);
    expect(all.stdout).toContain(STUCK);
    expect(whole.stdout.startsWith(STUCK)).toBe(true);
    expect(whole.stdout).toContain('  input      {"what":"oak"}\n');
    expect(whole.stdout).toContain('  results    {"saw":{"by":"saw.run"}}\n');
    expect(whole.stdout).toMatch(/^ {2}reason {5}\{.*"code":"floor.no-room"/m);
    expect(json(wholeAsJson)).toMatchObject({
      module: 'floor',
      id: 'stuck',
      name: 'build',
      state: 'compensating',
      parked: true,
      step: 'saw',
      failure: 'floor.no-room: There is no room.',
      input: oak,
      results: { saw: { by: 'saw.run' } },
      endedAt: null,
    });
  });

  it('npm run sagas:retry lets the one that waits for a person go on, which then ends', async () => {
    const { status, stdout } = await run('sagas:retry', 'floor', 'stuck');
    expect(status).toBe(0);
    expect(stdout).toBe('floor  build  stuck  compensating, at "saw"\n');
    await ended('stuck', 'compensated');
    expect(floor.ends).toContain('compensated stuck floor.no-room');
  });

  it('npm run sagas:cancel has one under way compensated', async () => {
    const { status, stdout } = await run('sagas:cancel', 'floor', 'waiting', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      id: 'waiting',
      cancelling: { code: 'saga.cancelled-by-operator' },
    });
    await ended('waiting', 'compensated');
    expect(floor.calls.slice(-2)).toEqual([
      'drill.compensate waiting:drill',
      'saw.compensate waiting:saw',
    ]);
    expect(floor.ends).toContain('compensated waiting saga.cancelled-by-operator');
  });

  it('none is changed by a command that comes too late, or names what there is not', async () => {
    const [retried, cancelled, compensating, unknown, module, argument] = await Promise.all([
      run('sagas:retry', 'floor', 'done'),
      run('sagas:cancel', 'floor', 'done'),
      run('sagas:cancel', 'floor', 'stuck'),
      run('sagas:show', 'floor', 'nobody'),
      run('sagas:list', 'cellar'),
      run('sagas:retry', 'floor'),
    ]);
    expect(retried).toEqual(
      complaint(
        1,
        'The saga "done" is not parked, but "completed".',
        'Only a parked saga is retried; the others go on by themselves.',
      ),
    );
    const late =
      'From the pivot on a saga only goes forward. When it is parked: npm run sagas:retry';
    expect(cancelled).toEqual(
      complaint(1, 'The saga "done" cannot be cancelled: it is "completed".', late),
    );
    expect(compensating).toEqual(
      complaint(1, 'The saga "stuck" cannot be cancelled: it is "compensating".', late),
    );
    expect(unknown).toEqual(
      complaint(1, '"floor" has no saga "nobody".', 'See: npm run sagas:list -- --all'),
    );
    expect(module).toEqual(complaint(2, 'There is no module "cellar".', 'The modules are: floor'));
    expect(argument).toEqual({
      status: 2,
      stdout: '',
      stderr:
        "error: missing required argument 'id'\n" +
        '(npm run sagas:retry -- --help shows what it takes)\n',
    });
    expect(await floor.row('stuck')).toMatchObject({ state: 'compensating', cancelling: null });
  });
});

describe('npm run sagas:cancel', () => {
  it('frees a saga that waits for a person before its pivot, which is then compensated', async () => {
    floor.behaviours.set('completed', () => Promise.reject(new TypeError('a bug')));
    const saga = floor.define();
    floor.run(saga);
    await floor.start(saga, 'stuck', oak);
    await waitFor(async () => (await floor.row('stuck'))?.['failure'] != null);
    await floor.alter('update saga set unforeseen = 7, next_at = now()');
    await parked('stuck');
    expect((await run('sagas:cancel', 'floor', 'stuck')).status).toBe(0);
    await ended('stuck', 'compensated');
    expect(floor.ends).toEqual(['compensated stuck saga.cancelled-by-operator']);
  });
});
