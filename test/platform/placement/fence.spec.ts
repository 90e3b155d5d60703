import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { FixtureProject } from '../../support/fixture-project.js';

let project: FixtureProject;
let writer: pg.Client;

beforeAll(async () => {
  project = await FixtureProject.open('harbour');
  await project.sql('harbour', 'create table berth (id int primary key, ship text)');
});
afterAll(() => project.close());

beforeEach(async () => {
  await owner('delete from berth; delete from feed; delete from opened');
  await owner("insert into berth values (1, 'Fram')");
  writer = await connected(project.url('harbour', 'login'));
});
afterEach(async () => {
  await writer.end();
  await owner('drop trigger if exists zz_fence on berth; drop trigger if exists zz_fence on feed');
});

const owner = <Row extends object>(text: string) => project.sql<Row>('harbour', text);

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

const close = (table: string, epoch: number) =>
  owner(`create or replace trigger zz_fence before insert or update or delete or truncate
    on ${table} for each statement execute function fence('${epoch}')`);

const open = (epoch: number) => owner(`insert into opened values (${epoch})`);

const APPEND = `insert into feed (id, type, subject, data)
  values (gen_random_uuid(), 'harbour.lamp-lit.v1', 'lamp', '{}')`;

describe('the fence', () => {
  it.each([
    ["insert into berth values (2, 'Gjoa')"],
    ["update berth set ship = 'Gjoa' where false"],
    ['delete from berth'],
    [`with moored as (update berth set ship = 'Gjoa' returning id) select from moored`],
    [`merge into berth using (values (1)) as v (id) on v.id = berth.id when matched then delete`],
  ])('refuses %s, until its epoch is opened', async (statement) => {
    await close('berth', 1);
    await expect(writer.query(statement)).rejects.toMatchObject({
      code: 'MV001',
      message: 'the table berth is closed here until epoch 1',
    });
    expect(await owner('select * from berth')).toEqual([{ id: 1, ship: 'Fram' }]);
    await open(1);
    await writer.query(statement);
  });

  it('refuses the owner too, and TRUNCATE', async () => {
    await close('berth', 1);
    await expect(owner('truncate berth')).rejects.toMatchObject({ code: 'MV001' });
  });

  it('refuses a transaction that began before it, on an old snapshot', async () => {
    await writer.query('begin isolation level repeatable read; select from call');
    await close('berth', 1);
    const late = writer.query("update berth set ship = 'Gjoa'");
    await expect(late).rejects.toMatchObject({ code: 'MV001' });
  });

  it('refuses a statement that was prepared before it', async () => {
    const update = { name: 'update', text: 'update berth set ship = $1', values: ['Gjoa'] };
    for (let count = 6; count > 0; count -= 1) await writer.query(update);
    await close('berth', 1);
    await expect(writer.query(update)).rejects.toMatchObject({ code: 'MV001' });
  });

  it('closes again at another epoch what was opened at one', async () => {
    await close('berth', 1);
    await open(1);
    await close('berth', 2);
    const late = writer.query("update berth set ship = 'Gjoa'");
    await expect(late).rejects.toMatchObject({
      message: 'the table berth is closed here until epoch 2',
    });
  });

  it('lets those pass who write under another path, once it is open', async () => {
    await close('berth', 1);
    const other = "set search_path = pg_catalog; update harbour.berth set ship = 'Gjoa'";
    await expect(writer.query(other)).rejects.toMatchObject({ code: 'MV001' });
    await open(1);
    await writer.query(other);
  });
});

describe('a side', () => {
  it.each(['insert into opened values (1)', 'delete from opened', 'delete from marker'])(
    'is not opened by the code of the module: %s',
    async (statement) => {
      await expect(writer.query(statement)).rejects.toMatchObject({ code: '42501' });
    },
  );
});

describe('the feed of a closed side', () => {
  it.each([
    'select from read_feed(0, 10)',
    // As a reader does who has read all that is there: it must not believe that this is all.
    'select from read_feed(1000000, 10)',
    'select from feed_behind(0)',
    'select from feed_behind(1000000)',
    'select min(position) from feed where feed_is_open() and time > now()',
  ])('is not read: %s', async (statement) => {
    await writer.query(APPEND);
    await close('feed', 1);
    await expect(writer.query(statement)).rejects.toMatchObject({
      code: 'MV001',
      message: 'the feed is closed here until epoch 1',
    });
    await open(1);
    await writer.query(statement);
  });

  it('is read when only other tables are closed', async () => {
    await writer.query(APPEND);
    await close('berth', 1);
    expect((await writer.query('select from read_feed(0, 10)')).rowCount).toBe(1);
  });
});
