import { LINK, tryRule } from './rule-tester.js';

const loader = (what: string) =>
  `"loans" uses ${what}, which loads or runs code that no check has seen. What does it need of it? Import that instead. ${LINK}`;

tryRule('no-loader-module', {
  passes: [
    `import { createHash } from 'node:crypto';`,
    `import type { Worker } from 'node:worker_threads';`,
    `import module from './module.json' with { type: 'json' };`,
    `process.stdout.write('x'); process.exit(1);`,
    `function f(process) { process.getBuiltinModule('fs'); }`,
    `function f(require) { require('vm'); }`,
  ],
  refuses: [
    ...['module', 'node:module', 'vm', 'node:worker_threads', 'node:child_process'].map((name) => ({
      code: `import '${name}';`,
      message: loader(`"${name}"`),
    })),
    ...['cluster', 'node:inspector', 'inspector/promises', 'repl', 'node:wasi'].map((name) => ({
      code: `import * as node from '${name}';`,
      message: loader(`"${name}"`),
    })),
    { code: `export * from 'node:vm';`, message: loader('"node:vm"') },
    { code: `export { createRequire } from 'module';`, message: loader('"module"') },
    { code: `await import('node:vm');`, message: loader('"node:vm"') },
    { code: `require('child_process'); // cjs`, message: loader('"child_process"') },
    { code: `import vm = require('node:vm');`, message: loader('"node:vm"') },
    {
      code: `process.getBuiltinModule('fs');`,
      message: loader('process.getBuiltinModule'),
    },
    {
      code: `process['getBuiltin' + 'Module']('fs');`,
      message: loader('process.getBuiltinModule'),
    },
    { code: `(process as any).binding('fs');`, message: loader('process.binding') },
    { code: `process?.dlopen({}, 'x');`, message: loader('process.dlopen') },
    { code: `process.mainModule.require('fs');`, message: loader('process.mainModule') },
    {
      code: `const { getBuiltinModule } = process;`,
      message: loader('process.getBuiltinModule'),
    },
    {
      code: `const { process: { binding } } = globalThis;`,
      message: loader('process.binding'),
    },
    {
      code: `import { getBuiltinModule as get } from 'node:process';`,
      message: loader('process.getBuiltinModule'),
    },
    {
      code: `import here from 'process'; here.getBuiltinModule('fs');`,
      message: loader('process.getBuiltinModule'),
    },
    {
      code: `import * as here from 'process'; here.default.getBuiltinModule('fs');`,
      message: loader('process.getBuiltinModule'),
    },
  ],
});
