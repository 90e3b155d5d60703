import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { rootFolder } from '../../../scripts/lib/project.js';

const MODULES = 40;
const FILES_PER_MODULE = 50;

const name = (index: number) => `module${String(index).padStart(2, '0')}`;

/** A project of 40 modules and 2,000 files beside this one's platform; call `remove` afterwards. */
export function generateTree(): { root: string; remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'lint-bench-'));
  for (const part of ['package.json', 'tsconfig.json', 'src/platform', 'src/config']) {
    cpSync(`${rootFolder}/${part}`, join(root, part), { recursive: true });
  }
  symlinkSync(`${rootFolder}/node_modules`, join(root, 'node_modules'));
  const files = Array.from({ length: MODULES }, (_, index) => moduleFiles(index)).flat();
  files.push(['scripts/tool.ts', 'export {};\n'], ['test/helper.ts', 'export {};\n']);
  for (const [file, text] of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return { root, remove: () => rmSync(root, { recursive: true }) };
}

/** Each module calls up to five that come before it, so that calls form no cycle. */
function moduleFiles(index: number): [string, string][] {
  const calls = [1, 2, 3, 5, 8].filter((step) => step <= index).map((step) => name(index - step));
  const folder = `src/modules/${name(index)}`;
  const services = FILES_PER_MODULE - 2;
  return [
    [`${folder}/module.json`, JSON.stringify({ name: name(index), calls, hears: [] })],
    [`${folder}/index.ts`, `export { Contract } from './${name(index)}.contract.js';\n`],
    [`${folder}/${name(index)}.contract.ts`, service('Contract', [])],
    ...Array.from({ length: services }, (_, number): [string, string] => {
      const neighbours = [1, 2, 3].filter((step) => step <= number);
      const imports = [
        ...neighbours.map((step) => `./service${number - step}.js`),
        ...calls.slice(0, number % 2).map((target) => `#modules/${target}`),
      ];
      return [`${folder}/internal/service${number}.ts`, service('Service', imports)];
    }),
  ];
}

/** Some 40 lines, with imports in about the measure that this project's own modules have. */
function service(className: string, imports: readonly string[]): string {
  const packages = ['@nestjs/common', 'zod', '#platform/http'];
  const lines = [...packages, ...imports].map(
    (from, index) => `import * as i${index} from '${from}';`,
  );
  const methods = Array.from({ length: 6 }, (_, index) => [
    `  async method${index}(input: { id: string; count: number }): Promise<string[]> {`,
    `    const rows = Array.from({ length: input.count }, (_, row) => \`\${input.id}-\${row}\`);`,
    `    return rows.filter((row) => row.length > ${index}).map((row) => row.toUpperCase());`,
    '  }',
    '',
  ]).flat();
  const used = `  readonly used = [${lines.map((_, index) => `i${index}`).join(', ')}];`;
  return [...lines, '', `export class ${className} {`, used, '', ...methods, '}', ''].join('\n');
}
