import {
  AlreadyDelivered,
  ShipmentCalledOff,
  ShipmentCancelled,
  ShipmentDelivered,
  ShipmentScheduled,
  shippingContract,
} from '#modules/shipping';
import { newId } from '#platform/http';
import { answersTo, type Fake } from '../support/fakes/fake-module.js';

interface Shipment {
  id: string;
  orderId: string;
  status: 'scheduled' | 'delivered' | 'cancelled';
}

const THREE_DAYS = 3 * 24 * 60 * 60 * 1_000;

const newsOf = ({ id, orderId }: Shipment) => ({ orderId, shipmentId: id });

/** Shipping in memory. */
export const fake: Fake = (module) => {
  const shipments = module.rows<Shipment>();

  const schedule = (key: string, orderId: string) => {
    const shipment: Shipment = { id: newId(), orderId, status: 'scheduled' };
    const dueAt = new Date(Date.now() + THREE_DAYS).toISOString();
    shipments.set(key, shipment);
    module.feed.publish(ShipmentScheduled, { ...newsOf(shipment), dueAt });
    return { shipmentId: shipment.id, dueAt };
  };
  const cancel = (key: string) => {
    const shipment = shipments.get(key);
    if (shipment?.status === 'delivered') throw new AlreadyDelivered({ shipmentId: shipment.id });
    module.refuseFromNowOn('schedule', key, new ShipmentCalledOff({ key }));
    if (shipment?.status !== 'scheduled') return { cancelled: false };
    shipment.status = 'cancelled';
    module.feed.publish(ShipmentCancelled, newsOf(shipment));
    return { cancelled: true };
  };
  const deliver = (id: string) => {
    const shipment = [...shipments.values()].find((each) => each.id === id);
    if (shipment?.status !== 'scheduled') return shipment;
    shipment.status = 'delivered';
    module.feed.publish(ShipmentDelivered, {
      ...newsOf(shipment),
      deliveredAt: new Date().toISOString(),
    });
    return shipment;
  };

  return {
    answers: answersTo(shippingContract, {
      schedule: (input) => module.once('schedule', input, () => schedule(input.key, input.orderId)),
      cancel: (input) => module.once('cancel', input, () => cancel(input.key)),
    }),
    path: 'shipments',
    routes: (server) => {
      server.get<{ Querystring: { orderId: string } }>('/shipments', ({ query }) => ({
        items: [...shipments.values()].filter(({ orderId }) => orderId === query.orderId),
        next: null,
      }));
      server.post<{ Params: { id: string } }>('/shipments/:id/deliver', ({ params }) =>
        deliver(params.id),
      );
    },
  };
};
