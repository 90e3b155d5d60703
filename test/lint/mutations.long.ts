import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Linter } from 'eslint';
import { boundaryConfig } from '../../scripts/lib/lint/boundaries.js';
import { rootFolder } from '../../scripts/lib/project.js';
import { statedFindings } from './canary.js';
import { mutationsOf } from './mutation.js';

const root = `${rootFolder}/test/fixtures/boundaries`;
const config = boundaryConfig(root);
const stated = statedFindings(root);
const linter = new Linter({ cwd: root });

/** Parsed once: a mutant changes what is looked for, not how a file is read. */
const sources = new Map(
  Object.keys(stated).map((file) => {
    linter.verify(readFileSync(join(root, file), 'utf8'), config, join(root, file));
    return [file, linter.getSourceCode()];
  }),
);

/** What is not taken out, since nothing could notice. */
const UNNOTICED = [
  'plugins',
  // The files are parsed already.
  'languageOptions',
  // A block without files sees more of them, where a later block decides.
  'files',
  // A name only serves messages and policies; the policy that uses one is mutated itself.
  'name',
  // Only makes it faster.
  'boundaries/legacy-templates',
];

/** Blocks of modules are made alike, so all canaries of a single policy are in alpha. */
const alike = (files: readonly unknown[]) =>
  files.some((pattern) => /^src\/modules\/(?!alpha|\*)/.test(String(pattern)));

const blocks = config.map((block, index) => ({ block, index, where: String(block.files) }));

describe('the configuration of the boundaries', () => {
  // A broken configuration warns, which is why there are canaries.
  beforeAll(() => {
    jest.spyOn(console, 'warn').mockImplementation(() => {});
  });
  afterAll(() => {
    jest.restoreAllMocks();
  });

  it('finds what the canaries state, as long as it is whole', () => {
    expect(Object.keys(stated).filter((file) => notices(config, file))).toEqual([]);
  });

  it.each(blocks)('needs the block of $where', ({ block, index }) => {
    expect(canariesOf(block).some((file) => notices(config.toSpliced(index, 1), file))).toBe(true);
  });

  it.each(blocks.filter(({ block }) => !alike(block.files ?? [])))(
    'needs every policy, option and setting for $where',
    ({ block, index }) => {
      const canaries = canariesOf(block);
      const missed = mutationsOf(block, (key) => UNNOTICED.includes(key)).filter(({ mutant }) => {
        const killer = canaries.findIndex((file) => notices(config.with(index, mutant), file));
        // What noticed one mutant is likely to notice its neighbour.
        canaries.unshift(...canaries.splice(killer, killer < 0 ? 0 : 1));
        return killer < 0;
      });
      expect(missed.map(({ place }) => place)).toEqual([]);
    },
  );
});

/** The canaries whose findings a block can change: those under the folders of its patterns. */
function canariesOf({ files = [] }: Linter.Config): string[] {
  const folders = files.map((pattern) => String(pattern).split('*')[0] ?? '');
  return Object.keys(stated).filter((file) => folders.some((folder) => file.startsWith(folder)));
}

/** Whether a configuration finds something else in a canary than it states. */
function notices(mutant: Linter.Config[], file: string): boolean {
  const source = sources.get(file);
  if (!source) throw new Error(`${file} was not parsed`);
  const options = { filename: join(root, file), allowInlineConfig: false };
  try {
    const messages = linter.verify(source, mutant, options);
    const found = messages.map(({ ruleId, message }) => `${ruleId}: ${message}`).sort();
    return found.join('\n') !== stated[file]?.join('\n');
  } catch {
    return true; // ESLint refuses it, so nobody can be fooled by it.
  }
}
