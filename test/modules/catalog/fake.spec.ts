import { describe, expect, it } from '@jest/globals';
import { catalogContract } from '#modules/catalog';
import { onBothSides } from '../../support/fakes/both-sides.js';

const lamp = { sku: 'LAMP', name: 'Lamp', price: { amount: 1999, currency: 'EUR' } };

describe('the catalog and its fake', () => {
  onBothSides(catalogContract, (side) => {
    it('finds the products that exist, at the price of today, and tells of both', async () => {
      const { ask, send, published } = side();
      expect((await send('POST', '/products', lamp)).status).toBe(201);
      expect(await ask.find({ skus: ['LAMP', 'NONE'] })).toEqual([lamp]);
      const price = { amount: 1500, currency: 'EUR' };
      await send('PATCH', '/products/LAMP', { price });
      expect(await ask.find({ skus: ['LAMP'] })).toEqual([{ ...lamp, price }]);
      expect(await published()).toEqual([
        { type: 'catalog.product-offered.v1', subject: 'LAMP', data: lamp },
        { type: 'catalog.product-corrected.v1', subject: 'LAMP', data: { ...lamp, price } },
      ]);
    });

    it('finds nothing where there is nothing, and refuses to look for too much', async () => {
      const { ask } = side();
      expect(await ask.find({ skus: [] })).toEqual([]);
      expect(await ask.find({ skus: ['LAMP'] })).toEqual([]);
      const many = ask.find({ skus: Array<string>(1001).fill('LAMP') });
      await expect(many).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    });
  });
});
