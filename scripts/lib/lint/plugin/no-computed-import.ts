import { AST_NODE_TYPES as Type, ASTUtils, type TSESTree } from '@typescript-eslint/utils';
import { defineRule, LINK } from './rule.js';
import { callOf, nameOf, takenFrom, usesOfGlobal } from './uses.js';

const JEST =
  /^((unstable_)?(un)?mockModule|((un|do|dont|set)M|m)ock|unmock|deepUnmock|require(Actual|Mock)|createMockFromModule)$/;

export const noComputedImport = defineRule(
  'Every file that is loaded is named by a plain string, so that the boundary lint can read it.',
  {
    computed: `{{who}} gives {{loader}} something else than a plain string, so no check can tell what it loads. Which file is it? Write its path out; where there are several, list them. ${LINK}`,
    alias: `{{who}} hands on {{loader}}, so no check can tell what it will load. Which file is it? Call it here, with the path written out. ${LINK}`,
    text: `{{who}} runs text as code by {{loader}}, and no check can read what that does. What is it to do? Write it as code. ${LINK}`,
    literal: 'Write the path as a plain string.',
  },
  ({ sourceCode, report }) => {
    const checkPath = (loader: string, path: TSESTree.Node | undefined) => {
      if (!path || (path.type === Type.Literal && typeof path.value === 'string')) return;
      const text = ASTUtils.getStringIfConstant(path);
      const fix =
        text === null ? undefined : { message: 'literal' as const, node: path, text: `'${text}'` };
      report(path, 'computed', { loader }, fix);
    };
    const checkLoader = (loader: string, use: TSESTree.Node) => {
      const call = callOf(use);
      if (call) checkPath(loader, call.arguments[0]);
      else report(use, 'alias', { loader });
    };
    return {
      ImportExpression: ({ source }) => checkPath('import()', source),
      MetaProperty: (meta) => {
        for (const { node, name } of takenFrom(meta))
          if (!name) report(node, 'alias', { loader: 'import.meta' });
          else if (name === 'resolve') checkLoader('import.meta.resolve', node);
      },
      MemberExpression: (node) => {
        const name = nameOf(node) ?? '';
        const isJest = node.object.type === Type.Identifier && node.object.name === 'jest';
        if (isJest && JEST.test(name)) checkLoader(`jest.${name}`, node);
        // A function's constructor makes functions of text.
        if (name !== 'constructor' || node.object.type === Type.ThisExpression) return;
        if (takenFrom(node).some((use) => use.name !== 'name'))
          report(node, 'text', { loader: 'a constructor' });
      },
      Program: () => {
        for (const { node, name } of usesOfGlobal(sourceCode, 'require'))
          checkLoader(name ? `require.${name}` : 'require', node);
        for (const { node, name } of usesOfGlobal(sourceCode, 'module'))
          if (name === 'require') checkLoader('module.require', node);
        for (const { node } of usesOfGlobal(sourceCode, 'eval'))
          report(node, 'text', { loader: 'eval' });
        for (const { node, name } of usesOfGlobal(sourceCode, 'Function'))
          if (!name) report(node, 'text', { loader: 'Function' });
        for (const loader of ['setTimeout', 'setInterval'])
          for (const { node } of usesOfGlobal(sourceCode, loader))
            if (isText(callOf(node)?.arguments[0])) report(node, 'text', { loader });
      },
    };
  },
);

function isText(node: TSESTree.Node | undefined): boolean {
  if (ASTUtils.isTypeAssertion(node)) return isText(node.expression);
  if (node?.type === Type.BinaryExpression) return isText(node.left) || isText(node.right);
  return node?.type === Type.TemplateLiteral || node?.type === Type.Literal;
}
