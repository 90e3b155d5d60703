import { describe, expect, it } from '@jest/globals';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { boundaryConfig } from '../../scripts/lib/lint/boundaries.js';
import { rootFolder } from '../../scripts/lib/project.js';

const eslint = new ESLint({
  cwd: rootFolder,
  allowInlineConfig: false,
  overrideConfigFile: true,
  overrideConfig: [
    { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } },
    ...boundaryConfig(rootFolder),
  ],
});

async function findings(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: `${rootFolder}/${file}` });
  return (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message);
}

const RULE = 'boundaries/dependencies';
const inCustomers = 'src/modules/customers/internal/probe.ts';
const inOrders = 'src/modules/orders/internal/probe.ts';

describe('the boundary lint', () => {
  it.each([
    ['a module that the manifest does not declare', inCustomers, `import '#modules/orders';`],
    ['a declared module past its face', inOrders, `import '../../catalog/catalog.errors.js';`],
    [
      "a declared module's internals",
      inOrders,
      `import '../../catalog/internal/catalog.database.js';`,
    ],
    [
      'only a type of them',
      inOrders,
      `import type { Product } from '../../catalog/internal/prisma/client.js';`,
    ],
    [
      'a type by import()',
      inOrders,
      `type P = import('../../catalog/internal/prisma/client.js').Product;`,
    ],
    ['another module by import()', inCustomers, `await import('#modules/orders');`],
    ['another module by require', inCustomers, `require('../../orders/index.js');`],
    ['another module by re-export', inCustomers, `export * from '#modules/orders';`],
    ['another module by jest.mock', inCustomers, `jest.mock('#modules/orders');`],
    ['the database driver', inOrders, `import pg from 'pg';`],
    ['Prisma past the platform', inOrders, `import { PrismaPg } from '@prisma/adapter-pg';`],
    ['the configuration', inOrders, `import { processEnvironment } from '#config';`],
    [
      'its own Prisma client in the face',
      'src/modules/orders/index.ts',
      `export { PrismaClient } from './internal/prisma/client.js';`,
    ],
    ['a module in the platform', 'src/platform/probe.ts', `import '#modules/orders';`],
    [
      "a module's internals in a test",
      'test/probe.spec.ts',
      `import '../src/modules/orders/internal/order.js';`,
    ],
    [
      "a module's internals in a script",
      'scripts/probe.ts',
      `import '../src/modules/orders/internal/order.js';`,
    ],
    ['what does not resolve', inOrders, `import '../../nowhere/index.js';`],
    [
      'with the rule switched off in place',
      inCustomers,
      `/* eslint-disable */\nimport '#modules/orders';`,
    ],
    [
      'from a nested folder of another module’s name',
      'src/modules/customers/internal/modules/orders/probe.ts',
      `import '#modules/catalog';`,
    ],
  ])('refuses to import %s', async (_what, file, code) => {
    expect(await findings(file, code)).toContain(RULE);
  });

  it.each([
    ['a declared module by its face', inOrders, `import '#modules/catalog';`],
    ['its own files', inOrders, `import './order.js';`],
    ['the platform', inOrders, `import '#platform/http';`],
    ['a package', inOrders, `import { z } from 'zod';`],
    ['a face in a test', 'test/probe.spec.ts', `import '#modules/orders';`],
    ['the faces in the app', 'src/app.module.ts', `import '#modules/orders';`],
  ])('lets through %s', async (_what, file, code) => {
    expect(await findings(file, code)).toEqual([]);
  });

  it('says who imported what, and what to ask oneself', async () => {
    const [result] = await eslint.lintText(`import '#modules/orders';`, {
      filePath: `${rootFolder}/${inCustomers}`,
    });
    expect(result?.messages[0]?.message).toMatch(
      /"customers" imports "#modules\/orders", which src\/modules\/customers\/module.json does not declare.*\?.*docs\//,
    );
  });
});
