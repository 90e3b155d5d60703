import { describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { ORPCError } from '@orpc/client';
import { z } from 'zod';
import {
  type Contract,
  defineContract,
  type Implementation,
  InjectContract,
  mutation,
  query,
} from '#platform/contracts';
import { ContractRegistry } from '#platform/contracts/contract-registry';
import { UndeclaredContractError } from '#platform/contracts/undeclared-contract.error';
import {
  ModuleDatabase,
  type PrismaClass,
  type PrismaLike,
} from '#platform/database/module-database';
import { defineModule } from '#platform/define-module';
import { defineError, KeyReused, ModuleUnavailable } from '#platform/errors';

class NoSuchHarbour extends defineError('harbour.no-such-harbour', {
  status: 404,
  title: 'There is no such harbour.',
  values: z.strictObject({ name: z.string() }),
}) {}

class Undeclared extends defineError('harbour.undeclared', {
  status: 409,
  title: 'Nobody was told of this.',
  values: z.strictObject({}),
}) {}

const ship = z.strictObject({ name: z.string().trim(), tags: z.array(z.string()), at: z.date() });

const contract = defineContract('harbour', {
  moor: query({ input: ship, output: ship, errors: [NoSuchHarbour] }),
});

type Moor = Implementation<typeof contract>['moor'];

function clientOf(moor: Moor) {
  const registry = new ContractRegistry();
  registry.host(contract, { moor });
  return registry.client(contract, 'test');
}

const given = () => ({ name: ' Fram ', tags: ['wood'], at: new Date(0) });

describe('a call of a contract', () => {
  it('carries values as they are, parsed by the schema', async () => {
    const answer = await clientOf(async (input) => input).moor(given());
    expect(answer).toEqual({ name: 'Fram', tags: ['wood'], at: new Date(0) });
    expect(answer.at.getTime()).toBe(0);
  });

  it('shares no object with the callee, neither the input nor the output', async () => {
    let received: z.output<typeof ship> | undefined;
    const kept = { name: 'Fram', tags: ['wood'], at: new Date(0) };
    const client = clientOf(async (input) => {
      received = input;
      input.tags.push('written by the callee');
      return kept;
    });
    const input = given();
    const answer = await client.moor(input);
    expect(input.tags).toEqual(['wood']);
    received?.tags.push('again');
    answer.tags.push('written by the caller');
    expect(kept.tags).toEqual(['wood']);
    expect(input.tags).toEqual(['wood']);
  });

  it.each([
    ['a field too few', { tags: [], at: new Date() }],
    ['a field too many', { ...given(), extra: 1 }],
    ['text for a date', { ...given(), at: '1970-01-01' }],
    ['nothing', undefined],
  ])('is refused at the wall for an input with %s, and does not arrive', async (_case, input) => {
    let arrived = false;
    const client = clientOf(async (value) => {
      arrived = true;
      return value;
    });
    await expect(client.moor(input as never)).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      defined: false,
    });
    expect(arrived).toBe(false);
  });

  it('is refused at the wall for an output that the contract does not promise', async () => {
    const client = clientOf(async (input) => ({ ...input, secret: 1 }));
    await expect(client.moor(given())).rejects.toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      defined: false,
    });
  });

  it('gives the errors that the contract declares, with code, status and values', async () => {
    const client = clientOf(() => Promise.reject(new NoSuchHarbour({ name: 'Nowhere' })));
    const error = await client.moor(given()).catch((caught: unknown) => caught);
    expect(NoSuchHarbour.is(error)).toBe(true);
    expect(error).toMatchObject({ defined: true, status: 404, data: { name: 'Nowhere' } });
    expect(KeyReused.is(error)).toBe(false);
  });

  it.each([
    ['does not declare', () => new Undeclared({})],
    ['declares with other values', () => new NoSuchHarbour({ nom: 'Nowhere' } as never)],
    [
      'declares with another status',
      () => new ORPCError(NoSuchHarbour.code, { defined: true, status: 400, data: { name: 'x' } }),
    ],
  ])('gives an error that the contract %s as one that nobody foresaw', async (_case, make) => {
    const client = clientOf(() => Promise.reject(make()));
    await expect(client.moor(given())).rejects.toMatchObject({ defined: false });
  });

  it('finds the module unavailable when nobody answers for it', async () => {
    const client = new ContractRegistry().client(contract, 'test');
    const error = await client.moor(given()).catch((caught: unknown) => caught);
    expect(ModuleUnavailable.is(error)).toBe(true);
    expect(error).toMatchObject({ status: 503, data: { module: 'harbour' } });
  });

  it('finds who answers when it is made, not when the client is', async () => {
    const registry = new ContractRegistry();
    const client = registry.client(contract, 'test');
    registry.host(contract, { moor: async (input) => input });
    expect((await client.moor(given())).name).toBe('Fram');
  });

  it('lets an implementation use its own fields', async () => {
    class Answers {
      private readonly name = 'Gjøa';
      async moor(input: z.output<typeof ship>) {
        return { ...input, name: this.name };
      }
    }
    const registry = new ContractRegistry();
    registry.host(contract, new Answers());
    expect((await registry.client(contract, 'test').moor(given())).name).toBe('Gjøa');
  });
});

describe('a mutation', () => {
  const change = mutation({ input: z.strictObject({}), output: z.strictObject({}) });
  const mutations = defineContract('harbour', { change });
  const registry = new ContractRegistry();
  registry.host(mutations, { change: async () => ({}) });
  const client = registry.client(mutations, 'test');

  it('takes a key', async () => {
    expect(await client.change({ key: 'k' })).toEqual({});
  });

  it('is refused without one', async () => {
    await expect(client.change({} as never)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});

describe('a module that asks for a contract', () => {
  @Injectable()
  class Harbour extends ModuleDatabase<PrismaLike> {}
  const client = class {} as unknown as PrismaClass<PrismaLike>;

  const define = (calls: string[], providers: (new (...given: never[]) => unknown)[]) =>
    defineModule(
      { name: 'fleet', calls, hears: [] },
      { database: { type: Harbour, client }, providers: providers as never },
    );

  const asking = (asked: Contract, name: string) => {
    class Asker {
      constructor(readonly client: unknown) {}
    }
    InjectContract(asked)(Asker, undefined, 0);
    Object.defineProperty(Asker, 'name', { value: name });
    return Asker;
  };

  const other = defineContract('weather', {});

  it('is given a client when its manifest declares the call', () => {
    const { providers } = define(['harbour'], [asking(contract, 'Captain')]);
    expect(providers).toContainEqual(expect.objectContaining({ provide: 'contract:harbour' }));
  });

  it('is given no client that it does not ask for', () => {
    const { providers = [] } = define(['harbour', 'weather'], [asking(contract, 'Captain')]);
    expect(JSON.stringify(providers)).not.toContain('weather');
  });

  it('is refused when its manifest does not, with the line to write there', () => {
    const work = () =>
      define(
        ['harbour'],
        [asking(contract, 'Captain'), asking(other, 'Pilot'), asking(other, 'Mate')],
      );
    expect(work).toThrow(UndeclaredContractError);
    expect(work).toThrow('"Pilot" of the module "fleet" asks for the contract of "weather"');
    expect(work).toThrow('"Mate" of the module "fleet"');
    expect(work).toThrow('"calls": ["harbour","weather"]');
    expect(work).toThrow('src/modules/fleet/module.json');
    expect(work).not.toThrow('"Captain"');
  });
});
