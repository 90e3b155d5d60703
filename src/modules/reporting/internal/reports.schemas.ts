import { z } from 'zod';
import { money } from '#platform/http';

/** Money that was added up, of one currency. */
const sum = money.extend({ amount: z.int() });

/** A report with the time up to which all that happened is in it; null before anything was heard. */
const report = <Row extends z.ZodType>(row: Row) =>
  z.strictObject({ currentUpTo: z.iso.datetime().nullable(), rows: z.array(row) });

export interface Report<Row> {
  currentUpTo: string | null;
  rows: Row[];
}

// Postgres knows no year 0.
const day = z.iso
  .date('must be a day such as 2026-01-31')
  .refine((given) => given >= '0001', 'must be a day such as 2026-01-31');

export const revenueQuery = z.strictObject({ from: day.optional(), to: day.optional() });
export type RevenueQuery = z.infer<typeof revenueQuery>;

const revenueRow = z.strictObject({
  day,
  sku: z.string(),
  name: z.string(),
  quantity: z.int(),
  revenue: sum,
});
export type RevenueRow = z.infer<typeof revenueRow>;
export const revenue = report(revenueRow);

const funnelRow = z.strictObject({
  stage: z.enum(['placed', 'charged', 'scheduled', 'confirmed', 'delivered', 'cancelled']),
  orders: z.int(),
});
export type FunnelRow = z.infer<typeof funnelRow>;
export const funnel = report(funnelRow);

export const stockQuery = z.strictObject({
  below: z
    .string()
    .regex(/^\d{1,6}$/, 'must be a whole number')
    .transform(Number)
    .default(5),
});
export type StockQuery = z.infer<typeof stockQuery>;

const stockRow = z.strictObject({
  sku: z.string(),
  name: z.string(),
  onHand: z.int(),
  reserved: z.int(),
  available: z.int(),
});
export type StockRow = z.infer<typeof stockRow>;
export const stockAtRisk = report(stockRow);

const customerRow = z.strictObject({
  customerId: z.string(),
  name: z.string(),
  orders: z.int(),
  value: sum,
});
export type CustomerRow = z.infer<typeof customerRow>;
export const customerValue = report(customerRow);

const shipmentRow = z.strictObject({
  shipmentId: z.string(),
  orderId: z.string(),
  dueAt: z.iso.datetime(),
  deliveredAt: z.iso.datetime().nullable(),
});
export type ShipmentRow = z.infer<typeof shipmentRow>;
export const lateShipments = report(shipmentRow);
