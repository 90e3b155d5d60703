import { LINK, tryRule } from './rule-tester.js';

const open = `"loans" tells Nest what it is made of without defineModule, so it may import or export what is not its own. What is missing there? Give defineModule the module's classes, and offer others a contract. ${LINK}`;
const body = `"loans" gives its Nest module a body, by which it could set itself in front of other modules' routes. What is it to do? Let one of the module's own providers do it. ${LINK}`;

const made = (code: string) => `
  import { Module } from '@nestjs/common';
  import { defineModule } from '#platform/define-module';
  ${code}`;

tryRule('no-open-module', {
  passes: [
    made(`@Module(defineModule(manifest, {})) export class LoansModule {}`),
    `import { Module } from './own.js'; @Module({ exports: [Own] }) class Own {}`,
  ],
  refuses: [
    { code: made(`@Module({ imports: [Other] }) class A {}`), message: open },
    { code: made(`@Module() class A {}`), message: open },
    { code: made(`@Module(parts) class A {}`), message: open },
    {
      code: made(`@Module({ ...defineModule(manifest, {}), exports: [Own] }) class A {}`),
      message: open,
    },
    { code: made(`Module({ exports: [Own] })(class A {});`), message: open },
    {
      code: `import * as nest from '@nestjs/common'; @nest.Module({}) class A {}`,
      message: open,
    },
    {
      code: `import { defineModule } from './own.js'; import { Module } from '@nestjs/common';
        @Module(widen(defineModule(manifest, {}))) class A {}`,
      message: open,
    },
    {
      code: made(`@Module(defineModule(manifest, {})) class A { configure(consumer) {} }`),
      message: body,
    },
    { code: made(`@Module(defineModule(manifest, {})) class A extends B {}`), message: body },
  ],
});
