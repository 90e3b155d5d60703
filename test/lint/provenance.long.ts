import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Finding, findProvenance } from '../../scripts/lib/lint/provenance/index.js';
import { rootFolder } from '../../scripts/lib/project.js';
import { exportedTables } from './provenance/exported-tables.js';
import { mentionedTables } from './provenance/mentioned-tables.js';
import { otherLeaks } from './provenance/other-leaks.js';
import { makeProvenanceProject, type ProvenanceProject } from './provenance/project.js';
import { twin } from './provenance/twin.js';

const leaks = [...exportedTables, ...mentionedTables, ...otherLeaks];

let project: ProvenanceProject;
let findings: Finding[];

beforeAll(async () => {
  project = await makeProvenanceProject();
  project.addModule('twin', twin);
  for (const [module, , face] of leaks) project.addModule(module, face);
  ({ findings } = findProvenance(project.root));
});
afterAll(() => project.remove());

const messagesOf = (module: string) =>
  findings.filter((each) => each.module === module).map(({ message }) => message);

describe('what a face hands out', () => {
  it.each(leaks)('%s: refuses %s', (module, _what, _face, expected) => {
    expect(messagesOf(module)).toEqual([expected(module)]);
  });

  it('may have the shape of a table, when it is written down', () => {
    expect(messagesOf('twin')).toEqual([]);
  });

  it('is tried with faces that compile', () => {
    expect(project.typeErrors()).toEqual([]);
  });
});

describe('npm run lint:provenance', () => {
  let empty: string;

  beforeAll(() => {
    empty = mkdtempSync(join(tmpdir(), 'provenance-'));
    writeFileSync(join(empty, 'tsconfig.json'), '{}');
  });
  afterAll(() => rmSync(empty, { recursive: true, force: true }));

  const lint = (...args: string[]) =>
    spawnSync('npm', ['run', '--silent', 'lint:provenance', '--', ...args], {
      cwd: rootFolder,
      encoding: 'utf8',
    });

  it('ends with 1 and reports all findings', () => {
    const { status, stdout } = lint('--json', '--root', project.root);
    expect(JSON.parse(stdout)).toEqual(findings);
    expect(status).toBe(1);
  });

  it('ends with 2 when there is no folder of modules', () => {
    expect(lint('--root', empty)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(`No face was found in "${empty}/src/modules".`),
    });
  });

  it('has nothing to report where there is no module yet', () => {
    mkdirSync(join(empty, 'src/modules'), { recursive: true });
    expect(lint('--root', empty)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^0 /),
    });
  });

  it('ends with 2 when a module has no face', () => {
    const faceless = join(empty, 'src/modules/faceless');
    mkdirSync(faceless);
    expect(lint('--root', empty)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(`No face was found in "${faceless}/index.ts".`),
    });
    rmSync(faceless, { recursive: true });
  });

  it('ends with 2 when an import leads nowhere, since its types are unknown', () => {
    mkdirSync(join(empty, 'src/modules/lost'), { recursive: true });
    writeFileSync(
      join(empty, 'src/modules/lost/index.ts'),
      `export { Order } from './nowhere.js';`,
    );
    expect(lint('--root', empty)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(`'./nowhere.js' in src/modules/lost/index.ts`),
    });
  });
});
