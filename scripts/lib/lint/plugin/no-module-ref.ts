import { AST_NODE_TYPES as Type, type TSESTree } from '@typescript-eslint/utils';
import { defineRule, LINK } from './rule.js';
import { callOf, isStaticLoad, nameOf, onLoad, usesOfImports } from './uses.js';

const CORE = /^@nestjs\/(core|testing)($|\/)/;

/** What Nest's core has for one class alone; all the rest of it sees or changes every module. */
const HARMLESS =
  /^(ModuleRef|Reflector|REQUEST|INQUIRER|ContextIdFactory|createContextId|BaseExceptionFilter)$/;

/** The methods of ModuleRef that take options, and at which place. */
const OPTIONS_AT = new Map([
  ['get', 1],
  ['resolve', 2],
]);

export const noModuleRef = defineRule(
  "A module finds its own providers, and nothing of another module, in Nest's container.",
  {
    container: `{{who}} takes {{name}} from Nest, which sees or changes every module of the process. What is it to reach? Inject the module's own classes, and call others by contract. ${LINK}`,
    lenient: `{{who}} looks for a provider in every module of the process. Whose is it? Leave "strict" out for the module's own, and call another one by contract. ${LINK}`,
    unseen: `{{who}} uses ModuleRef with options that cannot be read here, so no check can tell whether it stays inside the module. Whose provider is it? Call get or resolve in place, and write the options out. ${LINK}`,
    strict: 'Stay inside the module.',
  },
  ({ sourceCode, report }) => {
    const core = usesOfImports(sourceCode, CORE);
    const hasModuleRef = core.some(({ name }) => name === 'ModuleRef');
    return {
      ...onLoad(sourceCode, (node, source) => {
        if (CORE.test(source) && !isStaticLoad(node)) report(node, 'container', { name: source });
      }),
      Program: () => {
        for (const { node, name = 'everything' } of core)
          if (!HARMLESS.test(name)) report(node, 'container', { name });
        for (const { node, name } of usesOfImports(sourceCode, /^@nestjs\/common$/))
          if (name === 'Global') report(node, 'container', { name });
      },
      MemberExpression: (member) => {
        const at = OPTIONS_AT.get(nameOf(member) ?? '');
        if (at === undefined) return;
        const call = callOf(member);
        const options = call ? call.arguments[at] : member;
        const strict = strictOf(options);
        if (strict?.value.type === Type.Literal && strict.value.value === false)
          report(strict, 'lenient', {}, { message: 'strict', node: strict.value, text: 'true' });
        else if (hasModuleRef && options && !isReadable(options, strict)) report(options, 'unseen');
      },
    };
  },
);

const strictOf = (options: TSESTree.Node | undefined): TSESTree.Property | undefined =>
  options?.type === Type.ObjectExpression
    ? options.properties
        .filter((property) => property.type === Type.Property)
        .find((property) => nameOf(property) === 'strict')
    : undefined;

/** Whether it can be seen that these options do not switch strictness off. */
const isReadable = (options: TSESTree.Node, strict: TSESTree.Property | undefined): boolean =>
  options.type === Type.ObjectExpression &&
  options.properties.every((each) => each.type === Type.Property && nameOf(each)) &&
  (!strict || strict.value.type === Type.Literal);
