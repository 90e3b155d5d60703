export { type CatalogContract, catalogContract } from './catalog.contract.js';
export { catalogFeed, ProductCorrected, ProductOffered } from './catalog.events.js';
