export {
  type Contract,
  type ContractClient,
  defineContract,
  type Implementation,
  mutation,
  query,
} from './contract.js';
export { InjectContract } from './inject-contract.js';
export {
  ANY_INPUT,
  answerOnce,
  hashInput,
  refusalOf,
  type RememberedCall,
  replay,
} from './remembered-call.js';
