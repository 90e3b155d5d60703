import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateClients } from '../../scripts/lib/prisma-client.js';

const HEAD = `generator client {
  provider     = "prisma-client"
  output       = "out"
  runtime      = "nodejs"
  moduleFormat = "esm"
}

datasource db {
  provider = "postgresql"
}
`;

describe('generating the Prisma clients', () => {
  let folder: string;
  const schema = (module: string, models: string) => {
    mkdirSync(join(folder, module));
    writeFileSync(join(folder, module, 'schema.prisma'), HEAD + models);
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'generate-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('generates a client for each schema, one without models included', async () => {
    schema('boats', 'model Boat {\n  id Int @id\n}\n');
    schema('bare', '');
    const generated = await generateClients(folder, ['boats', 'bare', 'schemaless'], 2);
    expect(generated).toEqual(['boats', 'bare']);
    expect(existsSync(join(folder, 'boats/out/models/Boat.ts'))).toBe(true);
    expect(existsSync(join(folder, 'bare/out/client.ts'))).toBe(true);
  });

  it('names the module whose schema is wrong, with what Prisma says of it', async () => {
    schema('wrong', 'model Boat {\n  id Nothing @id\n}\n');
    await expect(generateClients(folder, ['wrong'], 1)).rejects.toThrow(
      /module "wrong"[^]*Type "Nothing" is neither a built-in type/,
    );
  });
});
