// only: shop
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { installFault } from '#platform/fault';
import { readProjectModules } from '../../scripts/lib/project.js';
import { killProcess } from '../platform/app-process.js';
import { waitFor } from '../support/wait-for.js';
import { SeededShop } from './seeded-shop.js';
import { ShopTraffic } from './shop-traffic.js';

let shop: SeededShop;
let traffic: ShopTraffic;
beforeAll(async () => {
  shop = await SeededShop.open();
  traffic = new ShopTraffic(shop.app.send, await shop.seeded());
});
afterAll(async () => {
  await traffic.stop();
  await shop.close();
});

const THERE = ['prepare', 'copy', 'verify', 'cutover', 'verify'] as const;
const ENDS = { stays: ['finish'], 'comes back': ['rollback', 'verify', 'abort'] } as const;

const MOVES: readonly [
  module: string,
  ends: keyof typeof ENDS,
  place: keyof SeededShop['places'],
][] = [
  ['catalog', 'stays', 'another server'],
  ['inventory', 'comes back', 'another server'],
  ['billing', 'stays', 'another database'],
  ['orders', 'stays', 'another server'],
  ['customers', 'comes back', 'another database'],
  ['reporting', 'stays', 'another database'],
  ['shipping', 'comes back', 'another server'],
];

describe('a seeded shop in which every module moves', () => {
  it('knows of each how it ends', () => {
    expect(MOVES.map(([module]) => module).sort()).toEqual([...readProjectModules()].sort());
  });

  it.each(MOVES)('answers every request while %s goes and %s: %s', async (module, ends, place) => {
    const target = shop.places[place];
    for (const verbs of [THERE, ENDS[ends]]) {
      for (const verb of verbs) await shop.verb(module, verb, target);
      await waitFor(traffic.sinceNow());
    }
    expect(traffic.failures).toEqual([]);
  });

  it('has books that balance in the end, with all that clients were told', async () => {
    await traffic.stop();
    expect(await shop.violations(traffic.told)).toEqual([]);
    expect(traffic.failures).toEqual([]);
  });

  it('has an app that may be killed while a move is finished', async () => {
    await traffic.stop();
    const target = shop.places['another server'];
    for (const verb of THERE) await shop.verb('shipping', verb, target);
    installFault((point) => (point === 'move.streams-dropped' ? killProcess(shop.app) : undefined));
    const finishing = shop.verb('shipping', 'finish', target);
    expect(await finishing.finally(() => installFault(undefined))).toBe('finished');
    await shop.start();
    expect(await shop.violations(traffic.told)).toEqual([]);
  });
});
// only: end
