import { Injectable } from '@nestjs/common';
import { type Page, pageOf } from '#platform/http';
import { ShipmentCalledOff, ShipmentNotFound } from '../shipping.errors.js';
import { ShipmentDelivered } from '../shipping.events.js';
import type { Shipment } from './prisma/client.js';
import { lines, type ShipmentPaging, type ShipmentView } from './shipments.schemas.js';
import { ShippingDatabase } from './shipping.database.js';

@Injectable()
export class ShipmentsService {
  constructor(private readonly db: ShippingDatabase) {}

  /** Notes that a shipment has arrived, once: a second time changes nothing. */
  async deliver(id: string): Promise<ShipmentView> {
    const deliveredAt = new Date();
    await this.db.transaction(async (tx) => {
      const [delivered] = await tx.shipment.updateManyAndReturn({
        where: { id, status: 'scheduled' },
        data: { status: 'delivered', deliveredAt },
      });
      if (delivered) await tx.publish(ShipmentDelivered, newsOf(delivered, deliveredAt));
    });
    const shipment = await this.find(id);
    if (shipment.status === 'cancelled') throw new ShipmentCalledOff({ key: shipment.key });
    return viewOf(shipment);
  }

  async get(id: string): Promise<ShipmentView> {
    return viewOf(await this.find(id));
  }

  async list({ orderId, limit, after }: ShipmentPaging): Promise<Page<ShipmentView>> {
    const rows = await this.db.query((prisma) =>
      prisma.shipment.findMany({
        where: { orderId, ...(after && { id: { gt: after } }) },
        orderBy: { id: 'asc' },
        take: limit + 1,
      }),
    );
    return pageOf(rows.map(viewOf), limit, ({ id }) => id);
  }

  private async find(id: string): Promise<Shipment> {
    const found = await this.db.query((prisma) => prisma.shipment.findUnique({ where: { id } }));
    if (!found) throw new ShipmentNotFound({ id });
    return found;
  }
}

const newsOf = ({ id: shipmentId, orderId }: Shipment, deliveredAt: Date) => ({
  orderId,
  shipmentId,
  deliveredAt: deliveredAt.toISOString(),
});

const viewOf = (shipment: Shipment): ShipmentView => ({
  id: shipment.id,
  orderId: shipment.orderId,
  status: shipment.status,
  lines: lines.parse(shipment.lines),
  scheduledAt: shipment.scheduledAt.toISOString(),
  dueAt: shipment.dueAt.toISOString(),
  deliveredAt: shipment.deliveredAt?.toISOString() ?? null,
  cancelledAt: shipment.cancelledAt?.toISOString() ?? null,
});
