export { provisionCopy } from './copy.js';
export type { Plan } from './plan.js';
export { planProvision, provision } from './provision.js';
export type { Statement } from './statement.js';
export type { ProvisionOptions, ProvisionTarget } from './target.js';
