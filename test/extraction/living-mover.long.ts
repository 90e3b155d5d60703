import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { installFault } from '#platform/fault';
import type { Stage } from '../../scripts/lib/extraction/sides/stage.js';
import { waitFor } from '../support/wait-for.js';
import { CRASHING, MODULE, MovingModule, ROWS } from './moving-module.js';
import { Writers } from './writers.js';

let moving: MovingModule;
let writers: Writers;
beforeAll(async () => {
  moving = await MovingModule.open(CRASHING);
  await moving.sql(ROWS);
  await moving.verbs(['prepare', 'copy']);
  writers = new Writers(moving);
});
afterEach(() => installFault(undefined));
afterAll(async () => {
  // What still waits at a fence would wait for ever.
  await moving.verb('rollback').catch(() => undefined);
  await writers.stop();
  await moving.close();
});

const stage = (): Promise<Stage> => moving.look(async (move) => (await move.look()).stage);

async function writing(): Promise<void> {
  const goal = writers.acknowledged.length + 30;
  await waitFor(() => writers.acknowledged.length >= goal);
}

/** Lets something happen when everything at home is closed, and nothing is open. */
const whenClosed = (happens: () => Promise<void>) =>
  installFault((point) => (point === 'move.fenced' ? happens() : undefined));

/** The processes of the other server that work for the mover. */
const workers = async () => {
  const query = `select pid from pg_stat_activity
    where application_name = 'provision' and pid <> pg_backend_pid()`;
  return (await moving.sql<{ pid: number }>(query, moving.elsewhere)).map(({ pid }) => pid);
};

describe('a mover that lives on', () => {
  it('lets everybody write by itself when the side to open crashes before it is open', async () => {
    whenClosed(() => moving.crash(moving.elsewhere));
    await expect(moving.verb('cutover')).rejects.toThrow('Everything is as it was before.');
    await writing();
    expect(await waitFor(stage)).toBe('in step');
  });

  it('lets everybody write by itself when that side does not answer any more', async () => {
    const stopped: number[] = [];
    // Like a network that is cut: nothing comes, and nothing fails.
    whenClosed(async () => {
      stopped.push(...(await workers()));
      stopped.forEach((pid) => process.kill(pid, 'SIGSTOP'));
    });
    await expect(moving.verb('cutover', undefined, { maxPause: 500 })).rejects.toThrow(
      'Everything is as it was before.',
    );
    await writing();
    installFault(undefined);
    stopped.forEach((pid) => process.kill(pid, 'SIGCONT'));
    expect(stopped).not.toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'lets everybody write before it ends when it is told to stop, by %s',
    async (signal) => {
      whenClosed(() => {
        process.emit(signal);
        return new Promise(() => undefined);
      });
      await expect(moving.verb('cutover', undefined, { maxPause: 60_000 })).rejects.toThrow(
        'The switch was taken back: It was told to stop.',
      );
      await writing();
      expect(await stage()).toBe('in step');
      expect(process.listenerCount(signal)).toBe(0);
    },
  );

  it('takes a switch back when everything has arrived too late', async () => {
    let began = 0;
    installFault(async (point) => {
      if (point === 'move.armed') began = performance.now();
      if (point === 'move.drained') await waitFor(() => performance.now() > began + 2_100);
    });
    await expect(moving.verb('cutover', undefined, { maxPause: 2_000 })).rejects.toThrow(
      'It took longer than the pause may be.',
    );
    expect(await stage()).toBe('in step');
  });

  it('says what differs behind the fence, also when it cannot bring the module home', async () => {
    await moving.sql(
      `set session_replication_role = replica; update ${MODULE}.note set text = 'forged' where id = 7`,
      moving.elsewhere,
    );
    let switches = 0;
    installFault((point) => {
      if (point === 'move.fenced' && (switches += 1) === 2) throw new Error('a lost connection');
    });
    const refusal = moving.verb('cutover');
    await expect(refusal).rejects.toThrow('"note": 1 row(s) differ, with keys from (7) to (7)');
    await expect(refusal).rejects.toThrow(/it could not be brought home: .*a lost connection/);
    expect(await stage()).toBe('away');
    await expect(moving.verb('rollback')).rejects.toThrow('"note": 1 row(s) differ');
    await moving.verbs(['abort', 'prepare', 'copy']);
    await writing();
  });

  it('leaves nothing made ready for a switch that fails before anything is closed', async () => {
    const holder = new pg.Client({ connectionString: moving.project.adminUrl });
    await holder.connect();
    await holder.query('begin; lock table platform.placement in exclusive mode');
    await expect(moving.verb('cutover')).rejects.toThrow('Somebody holds what is to be changed');
    await holder.end();
    const slots = "select from pg_replication_slots where slot_name like '%back'";
    expect(await moving.sql(slots, moving.elsewhere)).toEqual([]);
    expect(await moving.sql('select from pg_subscription')).toEqual([]);
  });

  it('goes on when it is told to, and has lost nothing', async () => {
    expect((await waitFor(() => moving.verb('cutover'))).stage).toBe('away');
    await writing();
    expect(await moving.verb('rollback')).toMatchObject({ stage: 'in step' });
    await writing();
    await writers.stop();
    expect(await writers.faults(moving.project.adminUrl)).toEqual([]);
  });
});
