export { type CustomersContract, customersContract } from './customers.contract.js';
export { CustomersModule } from './customers.module.js';
