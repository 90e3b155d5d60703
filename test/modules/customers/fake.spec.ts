import { describe, expect, it } from '@jest/globals';
import { customersContract } from '#modules/customers';
import { onBothSides } from '../../support/fakes/both-sides.js';

const ada = { name: 'Ada', email: 'ada@example.com' };
const NOBODY = '01900000-0000-7000-8000-00000000dead';

describe('customers and their fake', () => {
  onBothSides(customersContract, (side) => {
    it('find those who exist, by their names of today, and tell of both', async () => {
      const { ask, send, published } = side();
      const { status, body } = await send('POST', '/customers', ada);
      const { id } = body as { id: string };
      expect([status, body]).toMatchObject([201, ada]);
      expect(await ask.find({ ids: [id, NOBODY] })).toEqual([{ id, ...ada }]);
      await send('PATCH', `/customers/${id}`, { name: 'Ada Lovelace' });
      const renamed = { ...ada, name: 'Ada Lovelace' };
      expect(await ask.find({ ids: [id] })).toEqual([{ id, ...renamed }]);
      expect(await published()).toEqual([
        { type: 'customers.customer-registered.v1', subject: id, data: { customerId: id, ...ada } },
        {
          type: 'customers.customer-renamed.v1',
          subject: id,
          data: { customerId: id, ...renamed },
        },
      ]);
    });

    it('find nobody where there is nobody, and refuse what is no id', async () => {
      const { ask } = side();
      expect(await ask.find({ ids: [NOBODY] })).toEqual([]);
      await expect(ask.find({ ids: ['1'] })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    });
  });
});
