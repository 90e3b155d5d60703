import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { processEnvironment } from '#config';
import { CliError } from './cli.js';
import { inParallel } from './in-parallel.js';

const prismaCli = join(
  dirname(createRequire(import.meta.url).resolve('prisma/package.json')),
  'build/index.js',
);

/**
 * Generates the Prisma client of every module that has a schema. Needs no network, no database.
 *
 * @param folder absolute path of the folder that holds `<module>/schema.prisma`
 * @param width how many generators run at once; each takes a core
 * @returns the modules whose client was generated
 * @throws {CliError} with Prisma's own message for the first schema that is wrong
 */
export async function generateClients(
  folder: string,
  modules: readonly string[],
  width: number,
): Promise<string[]> {
  const withSchema = modules.filter((module) => existsSync(join(folder, module, 'schema.prisma')));
  await inParallel(withSchema, width, (module) => generateClient(folder, module));
  return withSchema;
}

async function generateClient(folder: string, module: string): Promise<void> {
  const schema = join(folder, module, 'schema.prisma');
  const environment = {
    ...processEnvironment(),
    // The CLI downloads a schema engine unless it is told where one is, though it never starts it.
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
    NO_COLOR: '1',
  };
  try {
    await promisify(execFile)(
      process.execPath,
      [prismaCli, 'generate', '--schema', schema, '--no-hints'],
      { env: environment },
    );
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new CliError(
      `Prisma could not generate the client of the module "${module}":\n\n${`${stderr}${stdout}`.trim() || String(error)}`,
      `Correct prisma/${module}/schema.prisma, then: npm run prisma:generate`,
      1,
      { cause: error },
    );
  }
}
