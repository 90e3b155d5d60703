import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { passMarker } from '../../scripts/lib/extraction/sides/marker.js';
import { describeStatus } from '../../scripts/lib/extraction/report.js';
import { statusOf } from '../../scripts/lib/extraction/status.js';
import { waitFor } from '../support/wait-for.js';
import { MODULE, MovingModule, ROWS } from './moving-module.js';

let moving: MovingModule;
beforeAll(async () => {
  moving = await MovingModule.open();
  await moving.sql(ROWS);
  await moving.verbs(['prepare', 'copy']);
});
afterAll(() => moving.close());

describe('a slot of which a copy was made', () => {
  it('goes with its subscription, and not with one of the same number on another server', async () => {
    // Numbers begin alike on every server, and another module may be on its way to another one.
    const [seen] = await moving.sql<{ oid: number; server: string }>(
      `select oid, (select system_identifier::text from pg_control_system()) as server
       from pg_subscription`,
      moving.elsewhere,
    );
    const slotOf = (server: string | undefined) => `pg_${seen?.oid}_sync_16400_${server}`;
    const slot = slotOf('7412345678901234567');
    for (const name of [slot, slotOf(seen?.server)]) {
      await moving.sql(`select pg_create_logical_replication_slot('${name}', 'pgoutput')`);
    }
    await moving.verb('abort');
    expect(await moving.sql('select slot_name as slot from pg_replication_slots')).toEqual([
      { slot },
    ]);
    await moving.sql(`select pg_drop_replication_slot('${slot}')`);
    await moving.verbs(['prepare', 'copy']);
  });
});

describe('a stream whose slot is gone', () => {
  it('is said to have lost what it needs, and can be aborted', async () => {
    // Its worker comes back after some seconds only.
    await moving.sql('select pg_terminate_backend(active_pid) from pg_replication_slots');
    await waitFor(() =>
      moving.sql('select pg_drop_replication_slot(slot_name) from pg_replication_slots'),
    );
    const status = await moving.look(statusOf);
    expect(status).toMatchObject({ stage: 'in step', lost: true });
    expect(describeStatus(status)).toContain('the copy has lost its slot');
    expect(await moving.verb('abort')).toMatchObject({ stage: 'none' });
    await moving.verbs(['prepare', 'copy']);
  });
});

describe('a clock that is behind the one of the other server', () => {
  it('lets nobody believe that something has arrived that has not', async () => {
    await moving.verb('cutover');
    const marker = `${MODULE}.marker where epoch = 0 and at > now() + interval '59 min'`;
    await moving.sql(
      `update ${MODULE}.marker set at = now() + interval '1 hour' where epoch = 0`,
      moving.elsewhere,
    );
    await waitFor(async () => (await moving.sql(`select from ${marker}`)).length > 0);
    await moving.sql('alter subscription moving_thing_back disable');
    await moving.look(async ({ away, home }) => {
      const late = { epoch: 0, deadline: performance.now() + 300 };
      await expect(passMarker(away, home, MODULE, late)).rejects.toThrow('had not arrived');
    });
    await moving.sql('alter subscription moving_thing_back enable');
    expect(await moving.verb('verify')).toMatchObject({ verification: { mismatches: [] } });
    await moving.verb('rollback');
  });
});

describe('a way back that its server has thrown away', () => {
  it('is made anew before a switch relies on it', async () => {
    await moving.look(async (move) => {
      const { from } = move.stream('away');
      await from.rows(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [
        move.names.away,
      ]);
    });
    await moving.sql(`alter system set max_slot_wal_keep_size = '1MB'`, moving.elsewhere);
    await moving.sql('select pg_reload_conf()', moving.elsewhere);
    const lost = "select from pg_replication_slots where wal_status = 'lost'";
    await waitFor(async () => {
      await moving.sql(
        "select pg_logical_emit_message(false, 'x', 'x'); select pg_switch_wal(); checkpoint",
        moving.elsewhere,
      );
      return (await moving.sql(lost, moving.elsewhere)).length > 0;
    });
    expect(await moving.verb('cutover')).toMatchObject({ stage: 'away' });
    expect(await moving.sql(lost, moving.elsewhere)).toEqual([]);
    await moving.sql(`insert into ${MODULE}.tag values ('from there')`, moving.elsewhere);
    expect(await moving.verb('rollback')).toMatchObject({ stage: 'in step' });
    expect((await moving.sql(`select from ${MODULE}.tag where name = 'from there'`)).length).toBe(
      1,
    );
  });
});

describe('a way back that is lost while the rows are away', () => {
  it('is said by status, and leaves to a person what is left to decide', async () => {
    await moving.verb('cutover');
    const slots = "pg_replication_slots where slot_name like '%back'";
    await waitFor(() =>
      moving.sql(
        `select pg_terminate_backend(active_pid) from ${slots};
         select pg_drop_replication_slot(slot_name) from ${slots}`,
        moving.elsewhere,
      ),
    );
    expect(await moving.look(statusOf)).toMatchObject({ stage: 'away', lost: true });
    await expect(moving.verb('rollback')).rejects.toMatchObject({
      message: expect.stringContaining('cannot come home any more'),
      remedy: expect.stringContaining('finish leaves them there for good'),
    });
    await moving.sql(`insert into ${MODULE}.tag values ('still open')`, moving.elsewhere);
    expect(await moving.verb('finish')).toMatchObject({ stage: 'finished' });
  });
});
