import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { actOnData } from '../../scripts/lib/extraction/data-part.js';
import { placeOf } from '../../scripts/lib/extraction/sides/side.js';
import { statusOf } from '../../scripts/lib/extraction/status.js';
import { waitFor } from '../support/wait-for.js';
import { ProjectCommands } from '../support/project-commands.js';
import { killedAt } from './killed-at.js';
import { MODULE, MovingModule, ROWS } from './moving-module.js';

let moving: MovingModule;
let commands: ProjectCommands;
let home: string;
beforeAll(async () => {
  moving = await MovingModule.open();
  const manifest = { name: MODULE, calls: [], hears: [] };
  commands = new ProjectCommands(moving.project, [manifest, { ...manifest, name: 'other' }]);
  home = placeOf(moving.project.adminUrl);
  await moving.sql(ROWS);
  await moving.verbs(['prepare', 'copy', 'abort']);
  await moving.verbs(['prepare', 'copy']);
});
afterAll(async () => {
  commands.remove();
  await moving.close();
});

const status = () => moving.look(statusOf);

/** Finishes, with one answer to whatever is asked, and gives the questions. */
async function finish(drop: boolean, answer: boolean): Promise<string[]> {
  const questions: string[] = [];
  const ask = (question: string) => {
    questions.push(question);
    return Promise.resolve(answer);
  };
  await actOnData('finish', {
    request: moving.request(),
    mover: { maxPause: 5_000, drop },
    walker: { ask, report: () => undefined },
    ...{ dryRun: false, source: undefined, tell: () => undefined, say: () => undefined },
  });
  return questions;
}

const finishByCommand = (...options: string[]) =>
  commands.run('extract-module', [
    ...[MODULE, 'finish', '--only', 'data', '--target', moving.elsewhere],
    ...options,
  ]);

const LSN = expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/) as unknown as string;
const LSNS = { lsns: { home: LSN, away: LSN } };

/** What is noted of the last steps, the oldest first. */
const noted = async (count: number) => (await status()).journal.slice(-count);

const END =
  'rows are written on the other side, and arrive at home. Finish? Afterwards there is no rollback: nothing comes home any more.';

describe('an abort', () => {
  it('is noted when it begins, and when it is done', async () => {
    const ofAbort = (await status()).journal.filter(({ verb }) => verb === 'abort');
    expect(ofAbort).toMatchObject([
      { step: 'begun', details: LSNS },
      { step: 'done', details: LSNS },
    ]);
  });
});

describe('a cutover that was killed before it closed anything', () => {
  it('is not noted as done by a rollback, which finds nothing to do', async () => {
    expect(await killedAt(moving, 'move.armed', 'cutover')).toBe('SIGKILL');
    expect(await waitFor(() => moving.verb('rollback'))).toEqual({
      verb: 'rollback',
      stage: 'in step',
    });
    expect(await noted(1)).toMatchObject([{ verb: 'cutover', step: 'begun' }]);
  });
});

describe('a cutover that another mover completes', () => {
  it('is noted with where both logs are then', async () => {
    expect(await killedAt(moving, 'move.opened', 'cutover')).toBe('SIGKILL');
    expect(await waitFor(() => moving.verb('cutover'))).toMatchObject({ stage: 'away' });
    expect(await noted(2)).toMatchObject([
      { verb: 'verify', step: 'done' },
      { verb: 'cutover', step: 'done', details: { ...LSNS, completed: true } },
    ]);
  });
});

describe('a finish', () => {
  it('asks before nothing comes home any more, and says which rows it drops', async () => {
    expect(await finish(false, false)).toEqual([END]);
    expect(await finish(true, false)).toEqual([
      `${END} The old rows are dropped for good: "${MODULE}" in ${home}.`,
    ]);
    expect(await status()).toMatchObject({ stage: 'away' });
  });

  it('is refused where nobody can be asked', async () => {
    expect(await finishByCommand()).toEqual({
      status: 2,
      stdout: '',
      stderr: `Nobody can be asked: ${END}\n\n  Say --yes.\n`,
    });
    expect(await status()).toMatchObject({ stage: 'away' });
  });

  it('asks nothing more once it was agreed to', async () => {
    expect(await killedAt(moving, 'move.fence-removed', 'finish')).toBe('SIGKILL');
    expect(await noted(2)).toMatchObject([
      { verb: 'finish', step: 'begun', details: LSNS },
      { verb: 'finish', step: 'left' },
    ]);
    expect(await finish(false, false)).toEqual([]);
    expect(await status()).toMatchObject({ stage: 'finished' });
  });

  it('is noted as done once nothing is left to do, and only once', async () => {
    const { left: kept, journal } = await status();
    const done = { verb: 'finish', step: 'done', details: { kept, dropped: [], ...LSNS } };
    expect(journal.at(-1)).toMatchObject(done);
    await finish(false, false);
    expect((await status()).journal).toHaveLength(journal.length);
  });

  it('asks before it drops what an earlier one has kept', async () => {
    const { left } = await status();
    const question = `rows are written on the other side, for good. Drop the old rows for good: "${left[0]}" in ${home}?`;
    expect(await finish(true, false)).toEqual([question]);
    expect(await finishByCommand('--drop')).toMatchObject({
      status: 2,
      stderr: `Nobody can be asked: ${question}\n\n  Say --yes.\n`,
    });
    expect((await status()).left).toEqual(left);
  });

  it('drops it without asking where somebody says so, and then has nothing to ask', async () => {
    expect(await finishByCommand('--drop', '--yes')).toMatchObject({ status: 0 });
    expect((await status()).left).toEqual([]);
    expect(await noted(1)).toMatchObject([
      { verb: 'finish', step: 'done', details: { kept: [], dropped: [expect.any(String)] } },
    ]);
    expect(await finish(true, false)).toEqual([]);
  });
});
