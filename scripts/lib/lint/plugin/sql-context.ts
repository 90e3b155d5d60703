import type { Rule } from 'eslint';
import type { Reading } from '../../sql/index.js';
import { isSqlTag, readSqlText, type SqlText, sqlText } from './sql-text.js';
import { asNode, type Node } from './syntax.js';

/** What the rules about SQL need to know of the module whose files they look at. */
export interface SqlOptions {
  readonly module: string;
  /** The other modules' names, which are their schemas'. */
  readonly others: readonly string[];
}

export const optionsSchema: Rule.RuleMetaData['schema'] = [
  {
    type: 'object',
    properties: {
      module: { type: 'string' },
      others: { type: 'array', items: { type: 'string' } },
    },
    required: ['module', 'others'],
    additionalProperties: false,
  },
];

/** One thing that is wrong with SQL, and where: an index of its text. */
export interface SqlFault {
  readonly at: number;
  readonly message: string;
}

/** Makes a rule of what is wrong with SQL: it looks at every tagged template, and every string that is SQL. */
export function sqlRule(
  description: string,
  faultsOf: (reading: Reading, sql: SqlText, options: SqlOptions) => readonly SqlFault[],
): Rule.RuleModule {
  return {
    meta: { type: 'problem', docs: { description }, schema: optionsSchema },
    create(context) {
      const source = context.sourceCode;
      const options = context.options[0] as SqlOptions;
      const reported = new Set<string>();
      const check = (given: unknown) => {
        const sql = sqlText(asNode(given), source);
        // One word is no statement.
        if (!sql || (!sql.isTagged && !sql.text.trim().includes(' '))) return;
        const reading = readSqlText(sql);
        for (const { at, message } of reading ? faultsOf(reading, sql, options) : []) {
          const place = sql.place(at);
          // A fragment is read by itself and where it is put in.
          if (reported.has(`${place} ${message}`)) continue;
          reported.add(`${place} ${message}`);
          context.report({ loc: source.getLocFromIndex(place), message });
        }
      };
      const isPart = (node: Node) => {
        const parent = asNode(node['parent']);
        return (
          (parent.type === 'BinaryExpression' && parent['operator'] === '+') ||
          (parent.type === 'TaggedTemplateExpression' && isSqlTag(parent, source))
        );
      };
      const checkWhole = (node: unknown) => {
        if (!isPart(asNode(node))) check(node);
      };
      return {
        TaggedTemplateExpression: (node) =>
          isSqlTag(asNode(node), source) ? check(node) : undefined,
        TemplateLiteral: checkWhole,
        BinaryExpression: checkWhole,
        Literal: checkWhole,
      };
    },
  };
}
