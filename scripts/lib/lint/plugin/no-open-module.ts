import { AST_NODE_TYPES as Type } from '@typescript-eslint/utils';
import { defineRule, LINK } from './rule.js';
import { originOf } from './uses.js';

export const noOpenModule = defineRule(
  'A Nest module imports and exports nothing: defineModule alone says what it is made of.',
  {
    open: `{{who}} tells Nest what it is made of without defineModule, so it may import or export what is not its own. What is missing there? Give defineModule the module's classes, and offer others a contract. ${LINK}`,
    body: `{{who}} gives its Nest module a body, by which it could set itself in front of other modules' routes. What is it to do? Let one of the module's own providers do it. ${LINK}`,
  },
  ({ sourceCode, report }) => ({
    CallExpression: ({ callee, arguments: [made], parent }) => {
      const { source, name } = originOf(sourceCode, callee) ?? {};
      if (source !== '@nestjs/common' || name !== 'Module') return;
      const isDefined =
        made?.type === Type.CallExpression &&
        originOf(sourceCode, made.callee)?.name === 'defineModule';
      if (!isDefined) report(made ?? callee, 'open');
      const decorated = parent.type === Type.Decorator ? parent.parent : undefined;
      if (decorated?.type !== Type.ClassDeclaration) return;
      const [part = decorated.superClass] = decorated.body.body;
      if (part) report(part, 'body');
    },
  }),
);
