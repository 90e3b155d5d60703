export { type ShippingContract, shippingContract } from './shipping.contract.js';
export { AlreadyDelivered, ShipmentCalledOff } from './shipping.errors.js';
export {
  ShipmentCancelled,
  ShipmentDelivered,
  ShipmentScheduled,
  shippingFeed,
} from './shipping.events.js';
