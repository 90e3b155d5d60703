import { Inject } from '@nestjs/common';
import type { Contract } from './contract.js';

/** Which contracts each class asks for, so that they can be held against its module's manifest. */
const asked = new WeakMap<object, Contract[]>();

/** The injection token of a contract's client. */
export const contractToken = (contract: Contract) => `contract:${contract.module}`;

/** Injects a client of another module's contract, which the manifest's `calls` must declare. */
export function InjectContract(contract: Contract): ParameterDecorator {
  return (target, key, index) => {
    asked.set(target, [...(asked.get(target) ?? []), contract]);
    Inject(contractToken(contract))(target, key, index);
  };
}

/** The contracts that a class asks for. */
export const contractsAskedBy = (type: object): readonly Contract[] => asked.get(type) ?? [];
