import { describe, it } from '@jest/globals';
import { type Rule, RuleTester } from 'eslint';
import tseslint from 'typescript-eslint';
import { plugin } from '../../../scripts/lib/lint/plugin/index.js';
import { rootFolder } from '../../../scripts/lib/project.js';

RuleTester.describe = describe;
RuleTester.it = it;

export const LINK = 'See docs/resolving-violations.md#loading-and-injection';

/** Code that the rule refuses; one with a suggestion says what it would become. */
interface Refused {
  code: string;
  message: string;
  suggests?: string;
  /** What the suggestion says. */
  by?: string;
}

const filename = `${rootFolder}/src/modules/loans/internal/probe.ts`;
const script = { languageOptions: { sourceType: 'commonjs' as const } };

/**
 * Tries a rule on code of the module "loans".
 *
 * @param refused code with exactly one fault each; a `// cjs` in it makes it a CommonJS script
 */
export function tryRule(
  name: string,
  { passes, refuses }: { passes: string[]; refuses: Refused[] },
): void {
  const tester = new RuleTester({ languageOptions: { parser: tseslint.parser } });
  const rule = plugin.rules?.[name] as unknown as Rule.RuleModule;
  const given = (code: string) => ({ code, filename, ...(code.includes('// cjs') ? script : {}) });
  tester.run(`bulkhead/${name}`, rule, {
    valid: passes.map(given),
    invalid: refuses.map(({ code, message, suggests, by }) => ({
      ...given(code),
      errors: [
        { message, ...(suggests && { suggestions: [{ desc: by as string, output: suggests }] }) },
      ],
    })),
  });
}
