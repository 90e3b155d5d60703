import { relative } from 'node:path';
import type { TSESLint, TSESTree } from '@typescript-eslint/utils';

/** Where most messages of these rules lead. */
export const LINK = 'See docs/resolving-violations.md#loading-and-injection';

/** What a rule works with. */
interface Tools<Ids extends string> {
  readonly sourceCode: Readonly<TSESLint.SourceCode>;
  /** Reports a node; `fix` is what could stand in the place of a node, under a message of its own. */
  readonly report: (
    node: TSESTree.Node,
    message: Ids,
    data?: Readonly<Record<string, string>>,
    fix?: { readonly message: Ids; readonly node: TSESTree.Node; readonly text: string },
  ) => void;
}

/**
 * A rule without options.
 *
 * @param description what the rule keeps, in one sentence
 * @param messages by id: a fact, a question, a link; `{{who}}` is whose file it is
 */
export const defineRule = <Ids extends string>(
  description: string,
  messages: Record<Ids, string>,
  create: (tools: Tools<Ids>) => TSESLint.RuleListener,
): TSESLint.RuleModule<Ids, []> => ({
  meta: {
    type: 'problem',
    docs: { description, url: 'docs/resolving-violations.md' },
    messages,
    schema: [],
    hasSuggestions: true,
  },
  defaultOptions: [],
  create: (context) =>
    create({
      sourceCode: context.sourceCode,
      report: (node, messageId, data, fix) =>
        context.report({
          node,
          messageId,
          data: { who: ownerOf(context), ...data },
          suggest: fix
            ? [{ messageId: fix.message, fix: (fixer) => fixer.replaceText(fix.node, fix.text) }]
            : [],
        }),
    }),
});

/** Whose file it is: a module by its name in quotes, else the folder. */
function ownerOf({ cwd, filename }: { cwd: string; filename: string }): string {
  const path = relative(cwd, filename).replaceAll('\\', '/');
  const module = /^src\/modules\/([^/]+)\//.exec(path)?.[1];
  if (module) return `"${module}"`;
  return /^src\/(platform|config)(?=\/)|^\w+(?=\/)/.exec(path)?.[0] ?? path;
}
