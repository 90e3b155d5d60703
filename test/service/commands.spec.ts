import { describe, expect, it } from '@jest/globals';
import type { Manifest } from '#platform/manifest';
import { readSource } from '../../scripts/lib/module/source.js';
import { remainingTree } from '../../scripts/lib/service/remains.js';
import { serviceTree } from '../../scripts/lib/service/service-tree.js';
import { runsLost, withoutLostCommands } from '../../scripts/lib/tree/commands.js';
import { commandsOf, runnablePackage } from '../../scripts/lib/tree/package.js';
import type { Tree } from '../../scripts/lib/tree/tree.js';

const { files, manifests } = readSource();
const tree = new Map([...files].filter(([path]) => !path.startsWith('services/')));

/** A project for each module that is here, by the module's name. */
const projects = (make: (module: Manifest) => Tree): [string, Tree][] =>
  manifests.filter(({ remote }) => !remote).map((module) => [module.name, make(module)]);

const services = projects((module) => serviceTree(tree, manifests, module));
const remains = projects((module) => remainingTree(tree, manifests, { ...module, remote: true }));

/** The lines that have somebody run a command that the project does not have. */
const lostLines = (project: Tree, where: RegExp): string[] =>
  [...project]
    .filter(([path]) => where.test(path))
    .flatMap(([path, text]) => text.split('\n').map((line) => `${path}: ${line.trim()}`))
    .filter((line) => runsLost(line, commandsOf(project)));

/** The commands of jest that no test of the project fits. */
function idleCommands(project: Tree): string[] {
  const { scripts } = JSON.parse(project.get('package.json') as string) as {
    scripts: Record<string, string>;
  };
  return Object.entries(scripts)
    .filter(([, command]) => {
      const pattern = /--testMatch '<rootDir>\/([^']+)'/.exec(command)?.[1];
      if (pattern === undefined) return false;
      const [folder = '', ending = ''] = pattern.split(/(?:\*\*\/)?\*/);
      const fitting = new RegExp(`^${folder}.*${ending}$`);
      return ![...project.keys()].some((path) => fitting.test(path));
    })
    .map(([name]) => name);
}

const faultsOf = (found: [string, Tree][], faults: (project: Tree) => string[]) =>
  found.flatMap(([name, project]) => faults(project).map((fault) => `${name}: ${fault}`));

describe('the project of a module', () => {
  it('has every command that its pages, its workflow and its commands name', () => {
    const where = /^(?:README\.md|package\.json|docs\/.*|\.github\/.*)$/;
    expect(faultsOf(services, (project) => lostLines(project, where))).toEqual([]);
  });

  it('has a test for every command that runs tests', () => {
    expect(faultsOf(services, idleCommands)).toEqual([]);
  });
});

describe('the project that stays', () => {
  it('has every command that its workflow and its commands name', () => {
    const where = /^(?:package\.json|\.github\/.*)$/;
    expect(faultsOf(remains, (project) => lostLines(project, where))).toEqual([]);
  });

  it('has a test for every command that runs tests', () => {
    expect(faultsOf(remains, idleCommands)).toEqual([]);
  });
});

describe('a command that is gone', () => {
  const project = (workflow: string, page: string) =>
    new Map([
      ['package.json', JSON.stringify({ scripts: { check: 'eslint .' } })],
      ['.github/workflows/ci.yml', workflow],
      ['docs/page.md', page],
    ]);

  it('takes the job that runs it along, and leaves markers in pairs', () => {
    const [one, more, last] = ['check', 'gone', 'check'].map(
      (command, at) => `  job${at}:\n    steps:\n      - run: npm run ${command}\n`,
    ) as [string, string, string];
    const around = (jobs: string) =>
      `jobs:\n${one}\n  # only: tags\n${jobs}  # only: end\n\n${last}`;
    const left = withoutLostCommands(project(around(more), ''));
    expect(left.get('.github/workflows/ci.yml')).toBe(around(''));
  });

  it('takes its line along, and the section that shows no other', () => {
    const page = '# Page\n\n```sh\nnpm run gone -- a\nnpm run check\n```\n\n';
    const section = '## Going\n\n```sh\nnpm run gone\n```\n\nIt went.\n';
    const left = withoutLostCommands(project('', `${page}${section}`));
    expect(left.get('docs/page.md')).toBe('# Page\n\n```sh\nnpm run check\n```\n\n');
  });

  it('is one whose files are gone, or whose pattern no file fits', () => {
    const scripts = {
      deep: `jest --testMatch '<rootDir>/test/**/*.spec.ts'`,
      flat: `jest --testMatch '<rootDir>/test/*.(spec|long).ts'`,
      long: `jest --testMatch '<rootDir>/test/**/*.long.ts'`,
      start: 'node scripts/start.ts',
      stop: 'node scripts/stop.ts',
    };
    const left = new Map([
      ['package.json', JSON.stringify({ scripts })],
      ['scripts/start.ts', ''],
      ['test/one/two/three.spec.ts', ''],
    ]);
    expect(commandsOf(new Map([['package.json', runnablePackage(left)]]))).toEqual([
      'deep',
      'start',
    ]);
  });
});
