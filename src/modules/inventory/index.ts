export { type InventoryContract, inventoryContract } from './inventory.contract.js';
export { OutOfStock, ReservationReleased } from './inventory.errors.js';
export { inventoryFeed, StockCounted, StockReleased, StockReserved } from './inventory.events.js';
