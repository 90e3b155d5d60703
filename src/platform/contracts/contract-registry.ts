import { Injectable, Optional } from '@nestjs/common';
import { type AnyProcedure, createRouterClient, implement } from '@orpc/server';
import { InsideTransactionError, openTransaction } from '../database/open-transaction.js';
import { ModuleUnavailable } from '../errors.js';
import type { Contract, ContractClient, Implementation } from './contract.js';
import { RemoteContracts } from './remote-contracts.js';

type Call = (input: unknown) => Promise<unknown>;

/** A contract that is answered in this process: its procedures as oRPC has them, and as functions. */
export interface Answering {
  readonly contract: Contract;
  readonly router: Readonly<Record<string, AnyProcedure>>;
  readonly calls: Readonly<Record<string, Call>>;
}

/**
 * Who answers for which module: somebody in this process, or another process. Inputs, outputs and
 * errors pass through the contract's schemas either way, so that nothing is shared by reference and
 * a call means the same at any distance.
 */
@Injectable()
export class ContractRegistry {
  private readonly answering = new Map<string, Answering>();

  /** @param remote whom to ask for what is not answered here */
  constructor(@Optional() private readonly remote?: RemoteContracts) {}

  /** Lets an implementation answer for its module. */
  host<C extends Contract>(contract: C, implementation: Implementation<C>): void {
    const router = Object.fromEntries(
      Object.entries(contract.procedures).map(([name, procedure]) => {
        const answer = (implementation[name] as Call).bind(implementation);
        return [name, implement(procedure).handler(({ input }) => answer(input))];
      }),
    );
    const calls = createRouterClient(router) as Record<string, Call>;
    this.answering.set(contract.module, { contract, router, calls });
  }

  /** All that is answered in this process. */
  answered(): Answering[] {
    return [...this.answering.values()];
  }

  /** A client of the contract; it finds who answers at each call, so the order of boot is free. */
  client<C extends Contract>(contract: C, caller: string): ContractClient<C> {
    const procedures = procedureNames(contract).map((name) => {
      const call: Call = async (input) => {
        refuseInsideTransaction(caller, `${contract.module}.${name}`);
        const answer = this.answering.get(contract.module)?.calls[name];
        if (answer) return answer(input);
        if (this.remote) return this.remote.call(contract, name, caller, input);
        throw new ModuleUnavailable({ module: contract.module });
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
