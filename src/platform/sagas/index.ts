export { type Reason } from './reason.js';
export { defineSaga, type SagaDefinition, type SagaProvider } from './saga.js';
