import { Injectable } from '@nestjs/common';
import { violates } from '#platform/database';
import { newId, type Page, pageOf } from '#platform/http';
import { CustomerNotFound, EmailTaken } from '../customers.errors.js';
import { CustomerRegistered, CustomerRenamed } from '../customers.events.js';
import { CustomersDatabase } from './customers.database.js';
import type {
  Correction,
  CustomerPaging,
  CustomerView,
  Registration,
} from './customers.schemas.js';
import type { Customer } from './prisma/client.js';

@Injectable()
export class CustomersService {
  constructor(private readonly db: CustomersDatabase) {}

  async register(given: Registration): Promise<CustomerView> {
    const id = newId();
    const created = await this.db
      .transaction(async (tx) => {
        const customer = await tx.customer.create({ data: { id, ...given } });
        await tx.publish(CustomerRegistered, news(customer));
        return customer;
      })
      .catch(refusingTaken(given.email));
    return view(created);
  }

  async get(id: string): Promise<CustomerView> {
    const found = await this.db.query((prisma) => prisma.customer.findUnique({ where: { id } }));
    if (!found) throw new CustomerNotFound({ id });
    return view(found);
  }

  async correct(id: string, { name, email }: Correction): Promise<CustomerView> {
    const data = { ...(name && { name }), ...(email && { email }) };
    const corrected = await this.db
      .transaction(async (tx) => {
        const [customer] = await tx.customer.updateManyAndReturn({ where: { id }, data });
        if (customer) await tx.publish(CustomerRenamed, news(customer));
        return customer;
      })
      .catch(refusingTaken(email));
    if (!corrected) throw new CustomerNotFound({ id });
    return view(corrected);
  }

  async list({ limit, after }: CustomerPaging): Promise<Page<CustomerView>> {
    const rows = await this.db.query((prisma) =>
      prisma.customer.findMany({
        where: after ? { id: { gt: after } } : {},
        orderBy: { id: 'asc' },
        take: limit + 1,
      }),
    );
    return pageOf(rows.map(view), limit, ({ id }) => id);
  }
}

const refusingTaken = (email = '') => {
  return (error: unknown): never => {
    if (violates(error, 'customers_email_key')) throw new EmailTaken({ email }, { cause: error });
    throw error;
  };
};

const news = ({ id, name, email }: Customer) => ({ customerId: id, name, email });

const view = ({ createdAt, ...customer }: Customer): CustomerView => ({
  ...customer,
  createdAt: createdAt.toISOString(),
});
