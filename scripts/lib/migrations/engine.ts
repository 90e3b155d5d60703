import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { type EngineConnection } from './adapter.js';

type Engine = bindings.SchemaEngine;

/** A Prisma schema that only says which database it is for; enough to apply migrations. */
export const NO_MODELS = 'datasource db {\n  provider = "postgresql"\n}\n';

let instantiated: Promise<void> | undefined;
// A panic leaves the engine unusable for the rest of the process.
let panic: string | undefined;

/**
 * Runs Prisma's schema engine in this process, and closes its connections afterwards.
 *
 * @param schema contents of the schema.prisma that the engine is to know
 * @throws {EngineError} with the engine's own message and code
 */
export async function withEngine<Result>(
  connection: EngineConnection,
  schema: string,
  work: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  await (instantiated ??= instantiate());
  let engine: Engine | undefined;
  try {
    engine = await bindings.SchemaEngine.new(
      { datamodels: [['schema.prisma', schema]] },
      () => undefined,
      bindMigrationAwareSqlAdapterFactory(connection),
    );
    return await work(engine);
  } catch (error) {
    if (panic === undefined) throw asEngineError(error);
    throw new EngineError(`the schema engine gave up: ${panic}`, undefined, { cause: error });
  } finally {
    if (panic === undefined) engine?.free();
    await connection.close();
  }
}

/** What the schema engine refused or could not do. */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  /** @param code Prisma's own, such as P3009, where there is one */
  constructor(
    message: string,
    readonly code: string | undefined,
    options: ErrorOptions,
  ) {
    super(message, options);
  }
}

function asEngineError(error: unknown): unknown {
  const { name, message = '', code } = error as Partial<Error & { code: string }>;
  const known = userFacing(message);
  if (known) return new EngineError(known.message, known.error_code, { cause: error });
  if (name !== 'SchemaConnectorError') return error;
  return new EngineError(plainMessage(message), code, { cause: error });
}

/** The engine's message without its own stack, which begins at the first numbered line. */
export const plainMessage = (message: string): string =>
  (message.split(/\n\s*0: /)[0] ?? '')
    .replace(/^(?:external connector error\n)?(?:Error querying the database: )?(?:ERROR: )?/, '')
    .trim();

function userFacing(message: string): { message: string; error_code?: string } | undefined {
  try {
    const parsed = JSON.parse(message) as {
      user_facing_error?: { message: string; error_code?: string };
    };
    return parsed.user_facing_error;
  } catch {
    return undefined;
  }
}

async function instantiate(): Promise<void> {
  // The engine calls this to say why it panics, right before it traps.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: { set_message: (message: string) => (panic = message) },
  });
  const file = createRequire(import.meta.url).resolve(
    '@prisma/schema-engine-wasm/schema_engine_bg',
  );
  const bytes = await readFile(file.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, {
    './schema_engine_bg.js': { ...bindings, ...unreferencedTimers() },
  });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}

// The engine leaves a timer of 10 s behind each command, which would keep the process that long.
const unreferencedTimers = () =>
  Object.fromEntries(
    Object.keys(bindings)
      .filter((name) => name.startsWith('__wbg_setTimeout'))
      .map((name) => [name, (work: () => void, ms: number) => setTimeout(work, ms).unref()]),
  );

// TypeScript knows WebAssembly only together with a browser's types.
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
};
