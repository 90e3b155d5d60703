import { Injectable } from '@nestjs/common';
import { type Page, pageOf } from '#platform/http';
import { ChargeNotFound } from '../billing.errors.js';
import { BillingDatabase } from './billing.database.js';
import type { Charge } from './charge.js';
import { findById, listOf } from './charge.statements.js';
import type { ChargePaging, ChargeView } from './charges.schemas.js';

@Injectable()
export class ChargesService {
  constructor(private readonly db: BillingDatabase) {}

  async get(id: string): Promise<ChargeView> {
    const [found] = await this.db.query<Charge>(findById(id));
    if (!found) throw new ChargeNotFound({ id });
    return viewOf(found);
  }

  async list({ orderId, limit, after }: ChargePaging): Promise<Page<ChargeView>> {
    const rows = await this.db.query<Charge>(listOf(orderId, after, limit + 1));
    return pageOf(rows.map(viewOf), limit, ({ id }) => id);
  }
}

const viewOf = (charge: Charge): ChargeView => ({
  id: charge.id,
  orderId: charge.orderId,
  customerId: charge.customerId,
  amount: { amount: charge.amount, currency: charge.currency },
  status: charge.status,
  reason: charge.reason,
  createdAt: charge.createdAt.toISOString(),
  chargedAt: charge.chargedAt?.toISOString() ?? null,
  refundedAt: charge.refundedAt?.toISOString() ?? null,
});
