import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { CliError, command, printJson, run } from './lib/cli.js';
import { boundaryConfig } from './lib/lint/boundaries.js';
import { bulkheadConfig } from './lib/lint/plugin/index.js';
import { rootFolder } from './lib/project.js';

const program = command(
  'lint:boundaries',
  'Checks the boundaries between modules: every file, no cache, and eslint-disable is ignored.',
).option('--json', 'report as JSON');

await run(
  program.action(async ({ json }: { json?: true }) => {
    const eslint = new ESLint({
      cwd: rootFolder,
      allowInlineConfig: false,
      overrideConfigFile: true,
      overrideConfig: [
        {
          ignores: [
            'src/modules/*/internal/prisma/**',
            'coverage/**',
            'dist/**',
            '.data/**',
            'test/fixtures/**',
          ],
        },
        {
          files: ['**/*.{ts,mts,cts}'],
          languageOptions: { parser: tseslint.parser },
        },
        ...boundaryConfig(rootFolder),
        ...bulkheadConfig(rootFolder),
      ],
    });
    const results = await eslint.lintFiles(['src', 'scripts', 'test']);
    const looked = results.filter(({ filePath }) => filePath.includes('/src/modules/')).length;
    if (looked === 0) {
      throw new CliError(
        'No file of any module was looked at.',
        'Run it in the project’s root.',
        2,
      );
    }
    const faults = results.flatMap(({ filePath, messages }) =>
      messages.map(({ line, ruleId, message }) => ({
        file: filePath,
        line,
        rule: ruleId,
        message,
      })),
    );
    if (json) printJson(faults);
    else if (faults.length > 0)
      process.stdout.write(await (await eslint.loadFormatter()).format(results));
    else process.stdout.write(`${results.length} files keep the boundaries\n`);
    if (faults.length > 0) process.exitCode = 1;
  }),
);
