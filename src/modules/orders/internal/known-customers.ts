import { Injectable } from '@nestjs/common';
import {
  CustomerRegistered,
  CustomerRenamed,
  type CustomersContract,
  customersContract,
} from '#modules/customers';
import { type ContractClient, InjectContract } from '#platform/contracts';
import { sql, type Transaction } from '#platform/database';
import { type EventOf, Hears } from '#platform/events';
import { OrdersDatabase } from './orders.database.js';
import type { PrismaClient } from './prisma/client.js';

type Tx = Transaction<PrismaClient>;

/** The read copy of customers, as far as orders needs them. */
@Injectable()
export class KnownCustomers {
  constructor(
    private readonly db: OrdersDatabase,
    @InjectContract(customersContract)
    private readonly customers: ContractClient<CustomersContract>,
  ) {}

  @Hears(CustomerRegistered)
  async registered({ data }: EventOf<typeof CustomerRegistered>, tx: Tx): Promise<void> {
    const { customerId, name, email } = data;
    await tx.$executeRaw(
      sql`${insert({ id: customerId, name, email })}
        on conflict (id) do update set name = excluded.name, email = excluded.email`,
    );
  }

  @Hears(CustomerRenamed)
  async renamed({ data }: EventOf<typeof CustomerRenamed>, tx: Tx): Promise<void> {
    const { customerId, name, email } = data;
    await tx.$executeRaw(
      sql`update known_customers set name = ${name}, email = ${email} where id = ${customerId}::uuid`,
    );
  }

  /** Whether there is such a customer; one that the copy does not know yet is asked for. */
  async knows(id: string): Promise<boolean> {
    const known = await this.db.query(sql`select from known_customers where id = ${id}::uuid`);
    if (known.length > 0) return true;
    const [found] = await this.customers.find({ ids: [id] });
    // So that the confirmation has a name and an address, however late the event comes. If it came
    // meanwhile, and perhaps a newer one, this answer is the older of the two.
    if (found) await this.db.query(sql`${insert(found)} on conflict (id) do nothing`);
    return found !== undefined;
  }
}

const insert = ({ id, name, email }: { id: string; name: string; email: string }) =>
  sql`insert into known_customers (id, name, email) values (${id}::uuid, ${name}, ${email})`;
