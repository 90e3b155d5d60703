import { LINK, tryRule } from './rule-tester.js';

const computed = (loader: string) =>
  `"loans" gives ${loader} something else than a plain string, so no check can tell what it loads. Which file is it? Write its path out; where there are several, list them. ${LINK}`;
const alias = (loader: string) =>
  `"loans" hands on ${loader}, so no check can tell what it will load. Which file is it? Call it here, with the path written out. ${LINK}`;
const text = (loader: string) =>
  `"loans" runs text as code by ${loader}, and no check can read what that does. What is it to do? Write it as code. ${LINK}`;
const by = 'Write the path as a plain string.';

tryRule('no-computed-import', {
  passes: [
    `await import('./order.js');`,
    `require('./order.js');`,
    `require.resolve('./order.js');`,
    `import order = require('./order.js');`,
    `import.meta.resolve('./order.js');`,
    `import.meta.url;`,
    `jest.mock('./order.js'); jest.fn(name); jest.spyOn(a, b);`,
    `function load(require, path) { return require(path); }`,
    `const eval2 = 1; { const Function = class {}; new Function('a'); }`,
    `given instanceof Function;`,
    `const run: Function = work;`,
    `setTimeout(() => {}, 1); setTimeout(work, 1); setInterval(work);`,
    `given.constructor.name; given.constructor === Order; new this.constructor(id);`,
    `registry.require(path); own.eval('1');`,
    `typeof require;`,
  ],
  refuses: [
    {
      code: 'await import(`./order.js`);',
      message: computed('import()'),
      suggests: `await import('./order.js');`,
      by,
    },
    {
      code: `await import('./' + 'order.js');`,
      message: computed('import()'),
      suggests: `await import('./order.js');`,
      by,
    },
    { code: 'await import(`./${name}.js`);', message: computed('import()') },
    { code: `import(path as './order.js');`, message: computed('import()') },
    { code: `import(String.raw\`./\${name}\`);`, message: computed('import()') },
    { code: `require(path); // cjs`, message: computed('require') },
    { code: `require?.(path);`, message: computed('require') },
    { code: `(require as any)(path);`, message: computed('require') },
    { code: `require.resolve(path);`, message: computed('require.resolve') },
    { code: `require['resolve'](path);`, message: computed('require.resolve') },
    { code: `globalThis.require(path);`, message: computed('require') },
    { code: `global['require'](path);`, message: computed('require') },
    { code: `module.require(path); // cjs`, message: computed('module.require') },
    { code: `import.meta.resolve(path);`, message: computed('import.meta.resolve') },
    { code: `jest.requireActual(path);`, message: computed('jest.requireActual') },
    { code: `jest['mock'](path, make);`, message: computed('jest.mock') },
    { code: `const load = require; // cjs`, message: alias('require') },
    { code: `const { require: load } = globalThis;`, message: alias('require') },
    { code: `[path].map(require); // cjs`, message: alias('require') },
    { code: `require.cache[path]; // cjs`, message: alias('require.cache') },
    { code: `require.main.require(path); // cjs`, message: alias('require.main') },
    { code: `declare const require: any; const load = require;`, message: alias('require') },
    { code: `const { resolve } = import.meta;`, message: alias('import.meta.resolve') },
    { code: `const meta = import.meta;`, message: alias('import.meta') },
    { code: `eval('1');`, message: text('eval') },
    { code: `(0, eval)('1');`, message: text('eval') },
    { code: `const run = eval;`, message: text('eval') },
    { code: `globalThis['eval']('1');`, message: text('eval') },
    { code: `const { eval: run } = globalThis;`, message: text('eval') },
    { code: `new Function('1');`, message: text('Function') },
    { code: `Function('1')();`, message: text('Function') },
    { code: `new globalThis.Function('1');`, message: text('Function') },
    { code: `Reflect.construct(Function, ['1']);`, message: text('Function') },
    { code: `setTimeout('work()', 1);`, message: text('setTimeout') },
    { code: 'setInterval(`work()`);', message: text('setInterval') },
    { code: `globalThis.setTimeout('work' + name);`, message: text('setTimeout') },
    { code: `(() => {}).constructor('1')();`, message: text('a constructor') },
    { code: `work['constructor']('1')();`, message: text('a constructor') },
    { code: `const Made = (async () => {}).constructor;`, message: text('a constructor') },
  ],
});
