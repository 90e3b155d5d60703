import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { boundaryConfig } from '../../scripts/lib/lint/boundaries.js';
import { lintBoundaries } from '../../scripts/lib/lint/boundary-lint.js';
import { rootFolder } from '../../scripts/lib/project.js';
import { canariesIn, type FindingsByFile, foundFindings, statedFindings } from './canary.js';

const root = `${rootFolder}/test/fixtures/boundaries`;

async function findingsIn(folder: string): Promise<FindingsByFile> {
  const { findings } = await lintBoundaries(folder, boundaryConfig(folder));
  return foundFindings(canariesIn(folder), findings);
}

describe('the import walls', () => {
  const stated = statedFindings(root);
  const [clean, caught] = [true, false].map((wanted) =>
    Object.keys(stated).filter((file) => (stated[file]?.length === 0) === wanted),
  ) as [string[], string[]];
  let found: FindingsByFile;

  beforeAll(async () => {
    found = await findingsIn(root);
  });

  it.each(caught)('catch %s', (file) => {
    expect(found[file]).toEqual(stated[file]);
  });

  it.each(clean)('let through %s', (file) => {
    expect(found[file]).toEqual([]);
  });
});

describe('the import walls, around what git and the formatter do not keep', () => {
  const folder = mkdtempSync(join(tmpdir(), 'canaries-'));
  const inside = (file: string) => join(folder, 'src/modules/alpha/internal', file);
  const secret = join(folder, 'src/modules/beta/internal/secret.ts');
  let found: FindingsByFile;

  beforeAll(async () => {
    cpSync(root, folder, { recursive: true });
    symlinkSync(`${rootFolder}/node_modules`, join(folder, 'node_modules'));
    symlinkSync('../../beta/internal/secret.ts', inside('link.ts'));
    symlinkSync('../../beta/internal', inside('linked-folder'));
    const files = {
      'through-link.ts': './link.js',
      'through-folder.ts': './linked-folder/secret.js',
      'absolute-path.ts': secret,
      'file-url.ts': pathToFileURL(secret).href,
    };
    for (const [file, path] of Object.entries(files)) {
      writeFileSync(inside(file), `import ${JSON.stringify(path)};\n`);
    }
    found = await findingsIn(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(['through-link.ts', 'through-folder.ts', 'absolute-path.ts', 'file-url.ts'])(
    'catch %s',
    (file) => {
      const [specifier] = /"[^"]+"/.exec(readFileSync(inside(file), 'utf8')) ?? [];
      expect(found[`src/modules/alpha/internal/${file}`]).toEqual([
        `boundaries/dependencies: "alpha" imports ${specifier} of the module "beta"; of other modules it may import #modules/beta, #modules/gamma, as src/modules/alpha/module.json says. Does the code belong there, should that face offer a contract, or is a line missing in the manifest? See docs/resolving-violations.md#call-a-contract`,
      ]);
    },
  );
});

describe('the boundary lint', () => {
  it('fails when of one module it looked at no file, and names the module', async () => {
    const blind = [...boundaryConfig(root), { ignores: ['src/modules/{gamma,delta}/'] }];
    await expect(lintBoundaries(root, blind)).rejects.toMatchObject({
      message: 'No file was looked at of src/modules/delta, src/modules/gamma.',
      exitCode: 2,
    });
  });
});
