import { LINK, tryRule } from './rule-tester.js';

const written = (name: string) =>
  `"orders" writes ${name} where every module finds it. Who is meant to have it? Let them call a contract or hear an event. ${LINK}`;
const whole = `"orders" hands on "globalThis" as a whole, or takes a computed name from it, so no check can tell what is reached. What is needed of it? Write that name. ${LINK}`;

tryRule('no-global-state', {
  passes: [
    `globalThis.fetch(url); globalThis.crypto.randomUUID();`,
    `const { crypto } = globalThis;`,
    `typeof globalThis; 'fetch' in globalThis;`,
    `function f(global) { global.orders = 1; }`,
    `const orders = {}; orders.open = 1;`,
    `let given: typeof globalThis;`,
  ],
  refuses: [
    { code: `globalThis.orders = 1;`, message: written('orders') },
    { code: `(globalThis as any).orders ??= 1;`, message: written('orders') },
    { code: `global['orders'] += 1;`, message: written('orders') },
    { code: `globalThis.orders++;`, message: written('orders') },
    { code: `(process as any).orders = 1;`, message: written('orders') },
    { code: `const all = globalThis;`, message: whole },
    { code: `globalThis[name];`, message: whole },
    { code: `Object.defineProperty(globalThis, 'orders', {});`, message: whole },
    { code: `Reflect.get(global, 'process');`, message: whole },
  ],
});
