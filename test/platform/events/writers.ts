import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { append } from '#platform/events';
import { ShipMoored } from './harbour.js';

/** What a crowd of writers did: the numbers of the events whose commit was acknowledged. */
export interface Written {
  readonly committed: number[];
  readonly rolledBack: number;
}

/** The next events, by number. */
const counter = () => {
  let n = 0;
  return () => (n += 1);
};

/**
 * Appends from many connections at once, each transaction held open for its own while: events are
 * committed in another order than they were appended in. One in ten rolls back; one in five
 * appends behind a savepoint that it rolls back to, before or after what it keeps.
 */
export async function writeInACrowd(url: string, writers: number, each: number): Promise<Written> {
  const next = counter();
  const committed: number[] = [];
  let rolledBack = 0;
  const writer = async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    for (let turn = 0; turn < each; turn += 1) {
      const kept: number[] = [];
      await client.query('begin');
      if (Math.random() < 0.1) await appendAndUndo(client, next());
      for (let count = Math.ceil(Math.random() * 3); count > 0; count -= 1) {
        kept.push(next());
        await appendOne(client, kept.at(-1) as number);
      }
      if (Math.random() < 0.1) await appendAndUndo(client, next());
      await pause(Math.random() * 12);
      if (Math.random() < 0.1) {
        await client.query('rollback');
        rolledBack += kept.length;
      } else {
        await client.query('commit');
        committed.push(...kept);
      }
    }
    await client.end();
  };
  await Promise.all(Array.from({ length: writers }, writer));
  return { committed, rolledBack };
}

async function appendOne(client: pg.Client, n: number): Promise<void> {
  const { text, values } = append(ShipMoored, { ship: `ship ${n % 7}`, n });
  await client.query({ name: 'append', text, values });
}

async function appendAndUndo(client: pg.Client, n: number): Promise<void> {
  await client.query('savepoint before');
  await appendOne(client, n);
  await client.query('rollback to before');
}
