import { Injectable } from '@nestjs/common';
import type { Seed } from '#platform/hosted-modules';
import { CustomerRegistered } from '../customers.events.js';
import { CustomersDatabase } from './customers.database.js';

const customers = [
  { id: '01900000-0000-7000-8000-000000000001', name: 'Ada Lovelace', email: 'ada@example.com' },
  { id: '01900000-0000-7000-8000-000000000002', name: 'Grace Hopper', email: 'grace@example.com' },
  { id: '01900000-0000-7000-8000-000000000003', name: 'Alan Turing', email: 'alan@example.com' },
];

@Injectable()
export class CustomersSeed implements Seed {
  constructor(private readonly db: CustomersDatabase) {}

  async seed(): Promise<void> {
    await this.db.transaction(async (tx) => {
      const made = await tx.customer.createManyAndReturn({ data: customers, skipDuplicates: true });
      await tx.publish(
        CustomerRegistered,
        made.map(({ id, name, email }) => ({ customerId: id, name, email })),
      );
    });
  }
}
