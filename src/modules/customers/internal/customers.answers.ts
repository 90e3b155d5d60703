import { Injectable } from '@nestjs/common';
import type { Implementation } from '#platform/contracts';
import { sql } from '#platform/database';
import type { CustomersContract } from '../customers.contract.js';
import { CustomersDatabase } from './customers.database.js';

interface Found {
  id: string;
  name: string;
  email: string;
}

/** Answers other modules. */
@Injectable()
export class CustomersAnswers implements Implementation<CustomersContract> {
  constructor(private readonly db: CustomersDatabase) {}

  find({ ids }: { ids: string[] }): Promise<Found[]> {
    return this.db.query<Found>(
      sql`select id, name, email from customers where id = any(${ids}::uuid[])`,
    );
  }
}
