import { AST_NODE_TYPES as Type, ASTUtils, type TSESTree } from '@typescript-eslint/utils';
import { defineRule, LINK } from './rule.js';
import { nameOf, originOf, outermost } from './uses.js';

const PROVIDED_BY = /^use(Class|Value|Factory|Existing)$/;

export const noStringToken = defineRule(
  'What is injected is named by a class or a Symbol of the module, which nobody else can spell.',
  {
    text: `{{who}} injects by {{token}}, which anyone can spell. Whose is it? Name your own by its class or a Symbol, and another module's by its contract. ${LINK}`,
    computed: `{{who}} injects by {{token}}, and no check can tell whose that is. Whose is it? Name your own by its class or a Symbol, and another module's by its contract. ${LINK}`,
    symbol: 'Make it a Symbol of its own.',
  },
  ({ sourceCode, report }) => {
    /** @param named whether it stands behind a name, so that a Symbol may take its place */
    function checkToken(given: TSESTree.Node | null | undefined, named = false): void {
      if (!given) return;
      const node = ASTUtils.isTypeAssertion(given) ? given.expression : given;
      const token = sourceCode.getText(node);
      const symbolOf = (text: string) => ({
        message: 'symbol' as const,
        node,
        text: `Symbol(${text})`,
      });
      if (node.type === Type.Literal || node.type === Type.TemplateLiteral) {
        report(node, 'text', { token }, named ? symbolOf(token) : undefined);
      } else if (node.type === Type.Identifier) {
        checkToken(constantOf(node), true);
      } else if (node.type === Type.ObjectExpression) {
        node.properties.forEach((each) => {
          if (each.type === Type.Property && nameOf(each) === 'token') checkToken(each.value);
        });
      } else if (node.type === Type.CallExpression) {
        const [argument] = node.arguments;
        const callee = sourceCode.getText(node.callee);
        if (callee === 'Symbol.for')
          report(node, 'text', { token }, symbolOf(argument ? sourceCode.getText(argument) : ''));
        else if (originOf(sourceCode, node.callee)?.name === 'forwardRef')
          checkToken(argument && 'body' in argument ? argument.body : argument);
        else if (callee !== 'Symbol') report(node, 'computed', { token });
      } else if (
        node.type !== Type.ClassExpression &&
        !(node.type === Type.MemberExpression && nameOf(node))
      ) {
        report(node, 'computed', { token });
      }
    }

    /** What a `const` of this file holds; nothing for a class or an import. */
    function constantOf(node: TSESTree.Identifier): TSESTree.Node | null | undefined {
      const [definition] = ASTUtils.findVariable(sourceCode.getScope(node), node)?.defs ?? [];
      return definition?.node.type === Type.VariableDeclarator ? definition.node.init : undefined;
    }

    return {
      CallExpression: ({ callee, arguments: [token] }) => {
        const { source, name } = originOf(sourceCode, callee) ?? {};
        if (source === '@nestjs/common' && name === 'Inject') checkToken(token);
      },
      'ObjectExpression > Property': (property: TSESTree.Property) => {
        const { properties } = property.parent as TSESTree.ObjectExpression;
        const names = properties.map((each) => (each.type === Type.Property ? nameOf(each) : ''));
        if (!names.some((name) => PROVIDED_BY.test(name ?? ''))) return;
        if (/^(provide|useExisting)$/.test(nameOf(property) ?? '')) checkToken(property.value);
        const { value } = property;
        if (nameOf(property) === 'inject' && value.type === Type.ArrayExpression)
          value.elements.forEach((element) => checkToken(element));
      },
      'CallExpression > MemberExpression.callee': (member: TSESTree.MemberExpression) => {
        if (!/^(get|resolve)$/.test(nameOf(member) ?? '') || !isModuleRef(member.object)) return;
        checkToken((outermost(member).parent as TSESTree.CallExpression).arguments[0]);
      },
    };

    /** Whether this is what the file has, at some place, annotated as a ModuleRef. */
    function isModuleRef(node: TSESTree.Node): boolean {
      const name = node.type === Type.MemberExpression ? nameOf(node) : sourceCode.getText(node);
      return sourceCode.ast.tokens.some(
        ({ value }, at, tokens) =>
          value === 'ModuleRef' && tokens[at - 1]?.value === ':' && tokens[at - 2]?.value === name,
      );
    }
  },
);
