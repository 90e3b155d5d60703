import { billingContract } from '#modules/billing';
import { processEnvironment } from '#config';
import { ContractRegistry } from '#platform/contracts/contract-registry';
import { installFault } from '#platform/fault';
import { appConfig, createApp } from '../../../src/app.js';
import { charge } from './support.js';

/** Charges one key and refunds another, and comes to no end if it is told to stop at a point. */
const { STOP_AT, CHARGE, REFUND } = processEnvironment();
installFault((point) => (point === STOP_AT ? new Promise(() => {}) : undefined));
const app = await createApp(appConfig(processEnvironment()));
await app.init();
const billing = app.get(ContractRegistry).client(billingContract, 'test');
await Promise.all([
  billing.charge(charge(CHARGE as string)),
  billing.refund({ key: REFUND as string }),
]);
