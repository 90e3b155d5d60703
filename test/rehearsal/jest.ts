import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootFolder } from '../../scripts/lib/project.js';

interface Outcome {
  readonly status: string;
  readonly message: string;
}

/** What became of each test, by its file and full name. */
export type Outcomes = ReadonlyMap<string, Outcome>;

interface JestResult {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/**
 * Runs tests, and tells what became of each; a file that could not be run counts as one that failed.
 *
 * @param environment what jest is told beside this process's environment
 */
export async function runJest(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Outcomes> {
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-'));
  const file = join(folder, 'result.json');
  try {
    const jest = spawn(
      process.execPath,
      ['node_modules/jest/bin/jest.js', '--json', '--outputFile', file, ...args],
      {
        cwd: rootFolder,
        stdio: ['ignore', 'ignore', 'ignore'],
        env: {
          ...process.env,
          ...environment,
          NODE_OPTIONS:
            '--experimental-vm-modules --conditions=bulkhead-source --disable-warning=ExperimentalWarning',
        },
      },
    );
    await new Promise((resolve) => jest.once('close', resolve));
    return outcomesOf(JSON.parse(readFileSync(file, 'utf8')) as JestResult);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const outcomesOf = ({ testResults }: JestResult): Outcomes =>
  new Map(
    testResults.flatMap(({ name, message, assertionResults }): [string, Outcome][] => {
      const path = name.slice(rootFolder.length + 1);
      if (assertionResults.length === 0) return [[path, { status: 'failed', message }]];
      return assertionResults.map(({ fullName, status, failureMessages }) => [
        `${path}: ${fullName}`,
        { status, message: failureMessages.join('\n') },
      ]);
    }),
  );
