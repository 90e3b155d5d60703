import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Verb } from '../../scripts/lib/extraction/sides/journal.js';
import { actOnProcess } from '../../scripts/lib/extraction/process/process-part.js';
import { verbsFrom } from '../../scripts/lib/extraction/walk.js';
import { rootFolder } from '../../scripts/lib/project.js';
import { actOnSource } from '../../scripts/lib/service/source-part.js';

const nobody = { adminUrl: 'postgres://nobody@127.0.0.1:9/none', secret: 's'.repeat(32) };

const processVerb = (verb: Verb | undefined, url?: string, modules = ['boats', 'crew']) =>
  actOnProcess(verb, {
    project: { ...nobody, name: 'fleet', modules },
    manifests: modules.map((name) => ({ name, calls: [], hears: [] })),
    module: 'boats',
    ...{ url, dryRun: false },
    tell: () => undefined,
  });

describe('a process alone', () => {
  it.each(['copy', 'verify', 'finish', 'abort'] as const)('has no "%s"', async (verb) => {
    await expect(processVerb(verb)).rejects.toMatchObject({
      message: `A process has no "${verb}": no row moves with it, so that there is nothing to copy, to compare, to end or to clear away.`,
      remedy: `Its verbs are plan, prepare, cutover, rollback and status. For the rows: npm run extract-module -- boats ${verb} --only data`,
    });
  });

  it.each([
    [undefined, 'Where the process of "boats" is reached was not said.'],
    ['10.0.0.7:4000', '"10.0.0.7:4000" is no URL.'],
  ])('is led to nowhere but a URL, which "%s" is not', async (url, message) => {
    const remedy =
      'npm run extract-module -- boats cutover --only process --url http://10.0.0.7:4000';
    await expect(processVerb('cutover', url)).rejects.toMatchObject({ message, remedy });
  });

  it.each(['.gitignore', '.dockerignore'])('is told its keys by a file that %s knows', (file) => {
    expect(readFileSync(join(rootFolder, file), 'utf8').split('\n')).toContain('*.env');
  });

  it('is not made for the only module', async () => {
    await expect(processVerb('prepare', undefined, ['boats'])).rejects.toMatchObject({
      message: '"boats" is the only module of this project: its process is its own.',
      remedy: 'See docs/splitting.md',
    });
  });
});

describe('a source alone', () => {
  const mode = { dryRun: true, tell: () => undefined, say: () => undefined };

  it.each(['prepare', 'copy', 'verify', 'cutover', 'rollback', 'finish', 'abort'] as const)(
    'has no "%s"',
    async (verb) => {
      await expect(actOnSource(verb, { module: 'boats', force: true }, mode)).rejects.toMatchObject(
        {
          message: `A source has no "${verb}": it goes in one step, which git takes back until it is committed.`,
          remedy: 'npm run extract-module -- boats --only source',
        },
      );
    },
  );
});

describe('a walk', () => {
  it.each([
    ['none', 'prepare copy verify cutover finish'],
    ['copying', 'copy verify cutover finish'],
    ['in step', 'verify cutover finish'],
    ['leaving', 'cutover finish'],
    ['away', 'finish'],
    ['returning', 'rollback'],
    ['finished', ''],
  ] as const)('has left, from "%s" on: %s', (stage, verbs) => {
    expect(verbsFrom(stage).join(' ')).toBe(verbs);
  });
});
