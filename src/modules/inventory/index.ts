export { type InventoryContract, inventoryContract } from './inventory.contract.js';
export { OutOfStock } from './inventory.errors.js';
export { InventoryModule } from './inventory.module.js';
