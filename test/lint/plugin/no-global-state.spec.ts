import { LINK, tryRule } from './rule-tester.js';

const written = (name: string) =>
  `"loans" writes ${name} where every module finds it. Who is meant to have it? Let them call a contract or hear an event. ${LINK}`;
const whole = `"loans" hands on "globalThis" as a whole, or takes a computed name from it, so no check can tell what is reached. What is needed of it? Write that name. ${LINK}`;

tryRule('no-global-state', {
  passes: [
    `globalThis.fetch(url); globalThis.crypto.randomUUID();`,
    `const { crypto } = globalThis;`,
    `typeof globalThis; 'fetch' in globalThis;`,
    `function f(global) { global.loans = 1; }`,
    `const loans = {}; loans.open = 1;`,
    `let given: typeof globalThis;`,
  ],
  refuses: [
    { code: `globalThis.loans = 1;`, message: written('loans') },
    { code: `(globalThis as any).loans ??= 1;`, message: written('loans') },
    { code: `global['loans'] += 1;`, message: written('loans') },
    { code: `globalThis.loans++;`, message: written('loans') },
    { code: `(process as any).loans = 1;`, message: written('loans') },
    { code: `const all = globalThis;`, message: whole },
    { code: `globalThis[name];`, message: whole },
    { code: `Object.defineProperty(globalThis, 'loans', {});`, message: whole },
    { code: `Reflect.get(global, 'process');`, message: whole },
  ],
});
