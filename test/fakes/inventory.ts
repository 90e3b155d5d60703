import {
  inventoryContract,
  OutOfStock,
  ReservationReleased,
  StockCounted,
  StockReleased,
  StockReserved,
} from '#modules/inventory';
import { answersTo, type Fake } from '../support/fakes/fake-module.js';

interface Line {
  sku: string;
  quantity: number;
}

/** Inventory in memory. */
export const fake: Fake = (module) => {
  const stock = module.rows<{ onHand: number; reserved: number }>();
  const reservations = module.rows<Line[]>();

  const viewOf = (sku: string) => {
    const { onHand, reserved } = stock.get(sku) ?? { onHand: 0, reserved: 0 };
    return { sku, onHand, reserved, available: onHand - reserved };
  };
  const count = (sku: string, onHand: number) => {
    stock.set(sku, { onHand, reserved: viewOf(sku).reserved });
    module.feed.publish(StockCounted, { sku, onHand });
    return viewOf(sku);
  };
  const take = ({ sku, quantity }: Line) => {
    const { onHand, reserved } = viewOf(sku);
    stock.set(sku, { onHand, reserved: reserved + quantity });
  };
  const reserve = (key: string, lines: Line[]) => {
    const shortages = lines
      .map(({ sku, quantity }) => ({ sku, requested: quantity, available: viewOf(sku).available }))
      .filter(({ requested, available }) => available < requested);
    if (shortages.length > 0) throw new OutOfStock({ shortages });
    lines.forEach(take);
    reservations.set(key, lines);
    module.feed.publish(StockReserved, { key, lines });
    return { lines };
  };
  const release = (key: string) => {
    const lines = reservations.get(key) ?? [];
    module.refuseFromNowOn('reserve', key, new ReservationReleased({ key }));
    reservations.delete(key);
    for (const { sku, quantity } of lines) take({ sku, quantity: -quantity });
    if (lines.length > 0) module.feed.publish(StockReleased, { key, lines });
    return { lines };
  };

  return {
    answers: answersTo(inventoryContract, {
      reserve: (input) => module.once('reserve', input, () => reserve(input.key, input.lines)),
      release: (input) => module.once('release', input, () => release(input.key)),
    }),
    path: 'stock',
    routes: (server) => {
      server.put<{ Params: { sku: string }; Body: { onHand: number } }>(
        '/stock/:sku',
        ({ params, body }) => count(params.sku, body.onHand),
      );
      server.get<{ Params: { sku: string } }>('/stock/:sku', ({ params }) => viewOf(params.sku));
    },
  };
};
