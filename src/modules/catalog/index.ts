export { type CatalogContract, catalogContract } from './catalog.contract.js';
export { CatalogModule } from './catalog.module.js';
