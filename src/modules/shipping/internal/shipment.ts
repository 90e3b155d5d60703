import type { ShipmentStatus } from './prisma/enums.js';

/** So many pieces of one product. */
export interface Line {
  sku: string;
  quantity: number;
}

/** A shipment as this module keeps it. */
export interface Shipment {
  id: string;
  key: string;
  orderId: string;
  status: ShipmentStatus;
  lines: Line[];
  scheduledAt: Date;
  dueAt: Date;
  deliveredAt: Date | null;
  cancelledAt: Date | null;
}

/** What `schedule` writes down: made outside of the statement, which may be run again. */
export type Plan = Pick<Shipment, 'id' | 'key' | 'orderId' | 'lines' | 'scheduledAt' | 'dueAt'>;
