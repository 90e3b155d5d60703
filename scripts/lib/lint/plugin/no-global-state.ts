import { AST_NODE_TYPES as Type, type TSESTree } from '@typescript-eslint/utils';
import { defineRule, LINK } from './rule.js';
import { outermost, usesOfGlobalObject, usesOfProcess } from './uses.js';

export const noGlobalState = defineRule(
  'Nothing is left in the global object for others to find.',
  {
    written: `{{who}} writes {{name}} where every module finds it. Who is meant to have it? Let them call a contract or hear an event. ${LINK}`,
    whole: `{{who}} hands on "globalThis" as a whole, or takes a computed name from it, so no check can tell what is reached. What is needed of it? Write that name. ${LINK}`,
  },
  ({ sourceCode, report }) => ({
    Program: () => {
      const globals = usesOfGlobalObject(sourceCode);
      for (const { node, name } of globals) if (!name) report(node, 'whole');
      for (const { node, name } of [...globals, ...usesOfProcess(sourceCode)])
        if (name && isWritten(node)) report(node, 'written', { name });
    },
  }),
);

function isWritten(member: TSESTree.Node): boolean {
  const node = outermost(member);
  const { parent } = node;
  return (
    (parent?.type === Type.AssignmentExpression && parent.left === node) ||
    parent?.type === Type.UpdateExpression
  );
}
