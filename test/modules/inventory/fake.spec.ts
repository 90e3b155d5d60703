import { describe, expect, it } from '@jest/globals';
import { inventoryContract } from '#modules/inventory';
import { onBothSides, refusal } from '../../support/fakes/both-sides.js';

const lines = [{ sku: 'LAMP', quantity: 2 }];
const RELEASED = { code: 'inventory.reservation-released', status: 409, data: { key: 'k' } };
const REUSED = { code: 'contract.key-reused', status: 422, data: { key: 'k' } };

describe('inventory and its fake', () => {
  onBothSides(inventoryContract, (side) => {
    const counted = async (onHand: number) => {
      await side().send('PUT', '/stock/LAMP', { onHand });
    };
    const stock = async () => (await side().send('GET', '/stock/LAMP')).body as unknown;
    const told = async () => (await side().published()) as { type: string }[];

    it('reserves once per key, and tells of it once', async () => {
      await counted(5);
      for (let time = 0; time < 2; time += 1) {
        expect(await side().ask.reserve({ key: 'k', lines })).toEqual({ lines });
      }
      expect(await stock()).toEqual({ sku: 'LAMP', onHand: 5, reserved: 2, available: 3 });
      expect(await told()).toEqual([
        { type: 'inventory.stock-counted.v1', subject: 'LAMP', data: { sku: 'LAMP', onHand: 5 } },
        { type: 'inventory.stock-reserved.v1', subject: 'k', data: { key: 'k', lines } },
      ]);
    });

    it('refuses what is short, with the shortages, and again when there is enough', async () => {
      await counted(1);
      const shortages = [{ sku: 'LAMP', requested: 2, available: 1 }];
      const short = { code: 'inventory.out-of-stock', status: 409, data: { shortages } };
      expect(await refusal(side().ask.reserve({ key: 'k', lines }))).toEqual(short);
      await counted(5);
      expect(await refusal(side().ask.reserve({ key: 'k', lines }))).toEqual(short);
      expect(await stock()).toMatchObject({ reserved: 0 });
    });

    it('refuses a key that comes with other lines', async () => {
      await counted(5);
      await side().ask.reserve({ key: 'k', lines });
      const other = side().ask.reserve({ key: 'k', lines: [{ sku: 'LAMP', quantity: 1 }] });
      expect(await refusal(other)).toEqual(REUSED);
    });

    it('releases once per key, and refuses the reservation from then on', async () => {
      await counted(5);
      await side().ask.reserve({ key: 'k', lines });
      for (let time = 0; time < 2; time += 1) {
        expect(await side().ask.release({ key: 'k' })).toEqual({ lines });
      }
      expect(await stock()).toMatchObject({ reserved: 0 });
      expect(await refusal(side().ask.reserve({ key: 'k', lines }))).toEqual(RELEASED);
      expect((await told()).map(({ type }) => type).slice(-1)).toEqual([
        'inventory.stock-released.v1',
      ]);
    });

    it('releases nothing of what was never reserved, and refuses it when it comes late', async () => {
      await counted(5);
      expect(await side().ask.release({ key: 'k' })).toEqual({ lines: [] });
      expect(await refusal(side().ask.reserve({ key: 'k', lines }))).toEqual(RELEASED);
      expect(await told()).toHaveLength(1);
    });
  });
});
