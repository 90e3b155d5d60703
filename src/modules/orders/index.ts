export { OrderCancelled, OrderConfirmed, OrderPlaced, ordersFeed } from './orders.events.js';
