import { AST_NODE_TYPES as Type } from '@typescript-eslint/utils';
import { defineRule, LINK } from './rule.js';
import { originOf } from './uses.js';

export const noOpenModule = defineRule(
  'A Nest module imports and exports nothing: defineModule alone says what it is made of.',
  {
    open: `{{who}} tells Nest what it is made of without defineModule, so it may import or export what is not its own. What is missing there? Give defineModule the module's classes, and offer others a contract. ${LINK}`,
  },
  ({ sourceCode, report }) => ({
    CallExpression: ({ callee, arguments: [made] }) => {
      const { source, name } = originOf(sourceCode, callee) ?? {};
      if (source !== '@nestjs/common' || name !== 'Module') return;
      const isDefined =
        made?.type === Type.CallExpression &&
        originOf(sourceCode, made.callee)?.name === 'defineModule';
      if (!isDefined) report(made ?? callee, 'open');
    },
  }),
);
