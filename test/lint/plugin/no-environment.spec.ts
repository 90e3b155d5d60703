import { LINK, tryRule } from './rule-tester.js';

const environment = (what: string) =>
  `"loans" reads ${what}, and with it the login URL of every module. Which setting does it need? Let src/config read that one, and have it passed in. ${LINK}`;
const whole = `"loans" hands on "process" as a whole, and the environment with it. What does it need of it? Take that by its name, such as process.stdout. ${LINK}`;

tryRule('no-environment', {
  passes: [
    `process.stdout.isTTY; process['pid']; typeof process;`,
    `const { stdout, pid } = process;`,
    `import { stdout } from 'node:process';`,
    `import here from 'node:process'; here.exit(1);`,
    `import type { env } from 'node:process';`,
    `let given: typeof process.env;`,
    `function f(process) { return process.env; }`,
    `const process = { env: {} }; process.env;`,
    `deployment.env; const { env } = deployment;`,
    `import { parseEnv } from './parse.js';`,
    `import.meta.url;`,
  ],
  refuses: [
    ...[
      `process.env.X;`,
      `process['env'];`,
      'process[`env`];',
      `process?.env?.X;`,
      `(process as any).env;`,
      `process!.env;`,
      `const { env } = process;`,
      `const { env: { X } } = process;`,
      `({ env } = process);`,
      `globalThis.process.env;`,
      `global['process']['env'];`,
      `const { process: { env } } = globalThis;`,
      `import { env } from 'process';`,
      `import { env as settings } from 'node:process';`,
      `import process from 'node:process'; process.env;`,
      `import { default as here } from 'process'; here.env;`,
      `import * as here from 'process'; here.env;`,
      `import * as here from 'process'; here.default.env;`,
      `export { env } from 'node:process';`,
      `declare const process: { env: object }; process.env;`,
    ].map((code) => ({ code, message: environment('process.env') })),
    { code: `process.loadEnvFile('.env');`, message: environment('process.loadEnvFile') },
    { code: `process.report.getReport();`, message: environment('process.report') },
    { code: `import.meta.env.X;`, message: environment('import.meta.env') },
    {
      code: `import { parseEnv } from 'node:util';`,
      message: environment('a file of it by parseEnv'),
    },
    {
      code: `import util from 'util'; util.parseEnv(text);`,
      message: environment('a file of it by parseEnv'),
    },
    ...[
      `const here = process;`,
      `const { process: here } = globalThis;`,
      `const { ...rest } = process;`,
      `process[name];`,
      `Reflect.get(process, 'env');`,
      `Object.entries(process);`,
      `export default process;`,
      `export * from 'node:process';`,
      `export { default } from 'node:process';`,
      `(await import('node:process')).env;`,
      `import('process').then(({ env }) => env);`,
      `require('process').env; // cjs`,
      `import here = require('process');`,
    ].map((code) => ({ code, message: whole })),
  ],
});
