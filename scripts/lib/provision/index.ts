export { provisionCopy } from './copy.js';
export { dropProject, type Dropped } from './drop.js';
export type { Plan } from './plan.js';
export { planProvision, provision } from './provision.js';
export { dropForReset } from './reset.js';
export { scriptOf } from './script.js';
export type { Statement } from './statement.js';
export type { ProvisionOptions, ProvisionTarget } from './target.js';
export { databaseUrl } from './url.js';
