import { Injectable } from '@nestjs/common';
import {
  answerOnce,
  hashInput,
  type Implementation,
  type RememberedCall,
  replay,
} from '#platform/contracts';
import { newId } from '#platform/http';
import type { ShippingContract } from '../shipping.contract.js';
import { AlreadyDelivered } from '../shipping.errors.js';
import { ShipmentCancelled } from '../shipping.events.js';
import { refuseFromNowOn } from './cancel.statement.js';
import { schedule } from './schedule.statement.js';
import type { Line } from './shipment.js';
import { ShippingDatabase } from './shipping.database.js';

/** Milliseconds from scheduling to the time that is promised: three days. */
const PROMISE = 3 * 24 * 60 * 60 * 1000;

interface Scheduled {
  shipmentId: string;
  dueAt: string;
}

/** Answers other modules. */
@Injectable()
export class ShippingAnswers implements Implementation<ShippingContract> {
  constructor(private readonly db: ShippingDatabase) {}

  async schedule(input: { key: string; orderId: string; lines: Line[] }): Promise<Scheduled> {
    const { key, orderId, lines } = input;
    const scheduledAt = new Date();
    const dueAt = new Date(scheduledAt.getTime() + PROMISE);
    const inputHash = hashInput({ orderId, lines });
    const plan = { id: newId(), key, orderId, lines, scheduledAt, dueAt };
    const [answered] = await this.db.query<RememberedCall<Scheduled>>(schedule(plan, inputHash));
    return replay(answered as RememberedCall<Scheduled>, key, inputHash);
  }

  cancel({ key }: { key: string }): Promise<{ cancelled: boolean }> {
    const cancelledAt = new Date();
    return answerOnce(this.db, { procedure: 'cancel', key, input: {} }, async (tx) => {
      // First, since it waits for a shipment under this key that is still being written down.
      await tx.$executeRaw(refuseFromNowOn(key));
      const [shipment] = await tx.shipment.updateManyAndReturn({
        where: { key, status: 'scheduled' },
        data: { status: 'cancelled', cancelledAt },
      });
      if (shipment) {
        const { id: shipmentId, orderId } = shipment;
        await tx.publish(ShipmentCancelled, { orderId, shipmentId });
        return { cancelled: true };
      }
      const delivered = await tx.shipment.findUnique({ where: { key } });
      if (delivered?.status === 'delivered')
        throw new AlreadyDelivered({ shipmentId: delivered.id });
      return { cancelled: false };
    });
  }
}
