import { getPrismaClient } from '@prisma/client/runtime/client';
import type { PrismaClass, PrismaLike } from '#platform/database/module-database';

/** A Prisma client without models, for modules that only tests have: raw statements need none. */
export interface PrismaClient extends PrismaLike {
  $queryRaw<Rows>(...given: Parameters<PrismaLike['$queryRaw']>): Promise<Rows>;
  $executeRaw(...given: Parameters<PrismaLike['$executeRaw']>): Promise<number>;
}

declare const WebAssembly: { Module: new (code: Uint8Array) => object };

/** What the generator writes for an empty schema, so that no module has to be there. */
export const PrismaClient = getPrismaClient({
  previewFeatures: [],
  clientVersion: '',
  engineVersion: '',
  activeProvider: 'postgresql',
  inlineSchema: 'datasource db {\n  provider = "postgresql"\n}\n',
  runtimeDataModel: { models: {}, enums: {}, types: {} },
  parameterizationSchema: { strings: [], graph: 'AAAAAA==' },
  compilerWasm: {
    // @ts-expect-error -- Prisma ships it without types, as the next one.
    getRuntime: () => import('@prisma/client/runtime/query_compiler_small_bg.postgresql.mjs'),
    getQueryCompilerWasmModule: async () => {
      const { wasm } =
        // @ts-expect-error -- see above
        await import('@prisma/client/runtime/query_compiler_small_bg.postgresql.wasm-base64.mjs');
      return new WebAssembly.Module(Buffer.from(wasm as string, 'base64'));
    },
    importName: './query_compiler_small_bg.js',
  },
}) as unknown as PrismaClass<PrismaClient>;
