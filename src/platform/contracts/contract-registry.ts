import { Injectable } from '@nestjs/common';
import { createRouterClient, implement } from '@orpc/server';
import { InsideTransactionError, openTransaction } from '../database/open-transaction.js';
import { ModuleUnavailable } from '../errors.js';
import type { Contract, ContractClient, Implementation } from './contract.js';

type Call = (input: unknown) => Promise<unknown>;

/**
 * Who answers for which module in this process. Inputs, outputs and errors pass through the
 * contract's schemas here, so that nothing is shared by reference and a call means the same as
 * it would over a wire.
 */
@Injectable()
export class ContractRegistry {
  private readonly answering = new Map<string, Record<string, Call>>();

  /** Lets an implementation answer for its module. */
  host<C extends Contract>(contract: C, implementation: Implementation<C>): void {
    const router = Object.fromEntries(
      Object.entries(contract.procedures).map(([name, procedure]) => {
        const answer = (implementation[name] as Call).bind(implementation);
        return [name, implement(procedure).handler(({ input }) => answer(input))];
      }),
    );
    this.answering.set(contract.module, createRouterClient(router));
  }

  /** A client of the contract; it finds who answers at each call, so the order of boot is free. */
  client<C extends Contract>(contract: C, caller: string): ContractClient<C> {
    const procedures = procedureNames(contract).map((name) => {
      const call: Call = async (input) => {
        refuseInsideTransaction(caller, `${contract.module}.${name}`);
        const answer = this.answering.get(contract.module)?.[name];
        if (!answer) throw new ModuleUnavailable({ module: contract.module });
        return answer(input);
      };
      return [name, call];
    });
    return Object.fromEntries(procedures) as ContractClient<C>;
  }
}

const procedureNames = (contract: Contract) => Object.keys(contract.procedures);

function refuseInsideTransaction(caller: string, procedure: string): void {
  const module = openTransaction();
  if (module === undefined) return;
  throw new InsideTransactionError(
    `"${caller}" called ${procedure} inside an open transaction of "${module}": the call may be ` +
      'slow, may be far away, and its effect would stay when the transaction is rolled back or ' +
      'run again. Call it before or after the transaction. See docs/transactions.md',
  );
}
