import { AST_NODE_TYPES as Type, type TSESTree } from '@typescript-eslint/utils';
import { defineRule } from './rule.js';
import { nameOf, originOf, outermost, placesOf, usesOfImports } from './uses.js';

const LINK = 'See docs/resolving-violations.md#sql';

/** Members of a Prisma client by which work leaves the module's runner. */
const LEAVING = /^\$(transaction|extends|connect|disconnect|on|use)$/;

const GENERATED = /\/prisma\/(client|internal\/class)(\.\w+)?$/;
const CLIENT = /^(PrismaClient|getPrismaClientClass)$/;
const DATABASE = /\.database(\.\w+)?$|(\/|#)platform\/database/;

export const noOwnClient = defineRule(
  "Every statement of a module runs in the runner of its database class, on the platform's pool.",
  {
    leaving: `{{who}} uses {{name}}, by which its statements leave the runner that may run them again. Which statements are they? Use query or transaction of the module's database class. ${LINK}`,
    client: `{{who}} takes the class {{name}}, by which it could connect on its own. Which statement is to run? Give the class to defineModule alone, and use query or transaction of the module's database class. ${LINK}`,
    database: `{{who}} makes a {{name}} beside the one that it is given. Which statement is to run? Inject the class. ${LINK}`,
  },
  ({ sourceCode, report }) => {
    const checkMember = (node: TSESTree.MemberExpression | TSESTree.Property) => {
      const name = nameOf(node) ?? '';
      if (LEAVING.test(name)) report(node, 'leaving', { name });
    };

    /** Whether it stands at `defineModule(manifest, { database: { client: … } })`. */
    const isHandedOver = (place: TSESTree.Node) => {
      const client = outermost(place).parent;
      if (client?.type !== Type.Property || nameOf(client) !== 'client') return false;
      const database = client.parent.parent;
      if (database.type !== Type.Property || nameOf(database) !== 'database') return false;
      const call = database.parent.parent;
      if (call.type !== Type.CallExpression) return false;
      return originOf(sourceCode, call.callee)?.name === 'defineModule';
    };

    return {
      MemberExpression: checkMember,
      'ObjectPattern > Property': checkMember,
      NewExpression: ({ callee }) => {
        const { source = '', name = '' } = originOf(sourceCode, callee) ?? {};
        if (DATABASE.test(source)) report(callee, 'database', { name });
      },
      Program: () => {
        for (const { node, name = 'PrismaClient' } of usesOfImports(sourceCode, GENERATED)) {
          if (!CLIENT.test(name)) continue;
          const places = node.type === Type.ImportSpecifier ? placesOf(sourceCode, node) : [node];
          for (const place of places) if (!isHandedOver(place)) report(place, 'client', { name });
        }
      },
    };
  },
);
