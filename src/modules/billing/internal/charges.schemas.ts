import { z } from 'zod';
import { id, money, page, paging } from '#platform/http';
import { ChargeStatus } from './prisma/enums.js';

const time = z.iso.datetime();

export const charge = z.strictObject({
  id,
  orderId: id,
  customerId: id,
  amount: money.extend({ amount: z.int().min(0) }),
  status: z.enum(ChargeStatus),
  reason: z.string().nullable(),
  createdAt: time,
  chargedAt: time.nullable(),
  refundedAt: time.nullable(),
});
export type ChargeView = z.infer<typeof charge>;

export const chargePage = page(charge);
export const chargePaging = paging(id).extend({ orderId: id });
export type ChargePaging = z.infer<typeof chargePaging>;
