import { LINK, tryRule } from './rule-tester.js';

const text = (token: string) =>
  `"loans" injects by ${token}, which anyone can spell. Whose is it? Name your own by its class or a Symbol, and another module's by its contract. ${LINK}`;
const computed = (token: string) =>
  `"loans" injects by ${token}, and no check can tell whose that is. Whose is it? Name your own by its class or a Symbol, and another module's by its contract. ${LINK}`;
const by = 'Make it a Symbol of its own.';

const nest = (code: string) => `import { forwardRef, Inject } from '@nestjs/common';\n${code}`;
const injected = (token: string, before = '') =>
  nest(`${before}class Asker { constructor(@Inject(${token}) given) {} }`);
const found = (call: string) =>
  `class Asker { constructor(private readonly all: ModuleRef) {} ask() { return ${call}; } }`;

tryRule('no-string-token', {
  passes: [
    injected('Own'),
    injected('TOKENS.clock'),
    injected('CLOCK', `const CLOCK = Symbol('clock'); `),
    injected('Made', `const Made = class {}; `),
    injected('forwardRef(() => Own)'),
    nest(`class Asker { @Inject() own: Own; }`),
    `import { Inject } from './own.js'; class Asker { constructor(@Inject('X') given) {} }`,
    `const provider = { provide: Own, useFactory: (own) => own, inject: [Own, { token: Other, optional: true }] };`,
    `const form = { provide: 'name', inject: ['X'] };`,
    found(`[this.all.get(Own), this.cache.get('X'), new Map().get('X')]`),
  ],
  refuses: [
    { code: injected(`'X'`), message: text(`'X'`) },
    { code: injected('`X`'), message: text('`X`') },
    { code: injected('`contract:${name}`'), message: text('`contract:${name}`') },
    { code: injected(`'X' as never`), message: text(`'X'`) },
    { code: injected(`'contract:' + name`), message: computed(`'contract:' + name`) },
    { code: injected('contractToken(other)'), message: computed('contractToken(other)') },
    { code: injected('TOKENS[name]'), message: computed('TOKENS[name]') },
    { code: injected(`forwardRef(() => 'X')`), message: text(`'X'`) },
    {
      code: injected(`forwardRef(() => require('./x.js'))`),
      message: computed(`require('./x.js')`),
    },
    {
      code: injected('X', `const X = 'x'; `),
      message: text(`'x'`),
      suggests: injected('X', `const X = Symbol('x'); `),
      by,
    },
    {
      code: injected(`Symbol.for('x')`),
      message: text(`Symbol.for('x')`),
      suggests: injected(`Symbol('x')`),
      by,
    },
    {
      code: `import { Inject as Take } from '@nestjs/common'; class Asker { @Take('X') given; }`,
      message: text(`'X'`),
    },
    {
      code: `import * as nest from '@nestjs/common'; class Asker { @nest.Inject('X') given; }`,
      message: text(`'X'`),
    },
    { code: `const provider = { provide: 'X', useClass: Own };`, message: text(`'X'`) },
    {
      code: `const provider = { provide: Own, useFactory: make, inject: ['X'] };`,
      message: text(`'X'`),
    },
    {
      code: `const provider = { provide: Own, useFactory: make, inject: [{ token: 'X', optional: true }] };`,
      message: text(`'X'`),
    },
    { code: `const provider = { provide: Own, useExisting: 'X' };`, message: text(`'X'`) },
    { code: found(`this.all.get('X')`), message: text(`'X'`) },
    { code: found('this.all.resolve(`X`)'), message: text('`X`') },
  ],
});
