import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { plugin, pluginConfig } from '../../../scripts/lib/lint/plugin/index.js';
import { sqlRules } from '../../../scripts/lib/lint/plugin/sql-rules.js';
import { rootFolder } from '../../../scripts/lib/project.js';

const tree = join(rootFolder, 'test/fixtures/plugin');

const eslint = new ESLint({
  cwd: tree,
  allowInlineConfig: false,
  overrideConfigFile: true,
  overrideConfig: [
    { files: ['**/*.{ts,cts,tsx}'], languageOptions: { parser: tseslint.parser } },
    ...pluginConfig(tree),
  ],
});

/** What the first line of each file says must catch it, beside what does. */
const canaries = (await eslint.lintFiles(['.'])).map(({ filePath, messages }) => ({
  file: filePath.slice(tree.length + 1),
  stated: /^\/\/ caught by (.*)$/m.exec(readFileSync(filePath, 'utf8'))?.[1] ?? 'no header',
  found: messages.map(({ ruleId, message }) => `${ruleId}: ${message}`),
}));

describe('a way around a boundary', () => {
  it.each(canaries.filter(({ stated }) => stated !== 'nothing'))(
    '$file is caught by $stated, once',
    ({ stated, found }) => {
      expect(found).toHaveLength(1);
      expect(found[0]).toContain(stated);
    },
  );

  it.each(Object.keys(plugin.rules ?? {}).filter((rule) => !(rule in sqlRules)))(
    'of each kind is tried: %s',
    (rule) => {
      expect(canaries.filter(({ stated }) => stated.startsWith(`bulkhead/${rule}: `))).not.toEqual(
        [],
      );
    },
  );
});

describe('what looks like one and is none', () => {
  it.each(canaries.filter(({ stated }) => stated === 'nothing'))(
    '$file is let through',
    ({ found }) => {
      expect(found).toEqual([]);
    },
  );
});
