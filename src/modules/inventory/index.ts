export { type InventoryContract, inventoryContract } from './inventory.contract.js';
export { OutOfStock, ReservationReleased } from './inventory.errors.js';
export { InventoryModule } from './inventory.module.js';
