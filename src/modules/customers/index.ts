export { type CustomersContract, customersContract } from './customers.contract.js';
export { CustomerRegistered, CustomerRenamed, customersFeed } from './customers.events.js';
