import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Environment } from '#config';
import type { Manifest } from '#platform/manifest';
import { projectName, rootFolder } from '../../scripts/lib/project.js';
import type { Project } from '../../scripts/lib/set-up.js';
import type { Ran } from './clone.js';

/** What the commands are made of; they read the manifests, and load no module. */
const SOURCES = ['scripts', 'src/config', 'src/platform'];

/** The operator's commands for a project of the tests, in a folder that has its name and its modules. */
export class ProjectCommands {
  private readonly folder = mkdtempSync(join(tmpdir(), `${projectName}-commands-`));

  constructor(
    private readonly project: Project,
    manifests: readonly Manifest[],
  ) {
    for (const source of SOURCES) {
      cpSync(join(rootFolder, source), join(this.folder, source), { recursive: true });
    }
    symlinkSync(join(rootFolder, 'node_modules'), join(this.folder, 'node_modules'));
    const packageFile = JSON.parse(
      readFileSync(join(rootFolder, 'package.json'), 'utf8'),
    ) as object;
    this.write('package.json', { ...packageFile, name: project.name });
    for (const manifest of manifests) {
      mkdirSync(join(this.folder, 'src/modules', manifest.name), { recursive: true });
      this.write(`src/modules/${manifest.name}/module.json`, manifest);
    }
  }

  /** Runs a command such as `events:lag`, as a process of its own. */
  async run(command: string, args: readonly string[] = [], change: Environment = {}): Promise<Ran> {
    const child = spawn(
      process.execPath,
      [
        '--conditions=bulkhead-source',
        '--import=./scripts/lib/typescript.mjs',
        `scripts/${command.replace(':', '-')}.ts`,
        ...args,
      ],
      {
        cwd: this.folder,
        env: {
          PATH: process.env['PATH'],
          DATABASE_URL: this.project.adminUrl,
          DATABASE_SECRET: this.project.secret,
          ...change,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const [stdout, stderr, status] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve) => child.once('close', resolve)),
    ]);
    return { status, stdout, stderr };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  private write(file: string, content: object): void {
    writeFileSync(join(this.folder, file), JSON.stringify(content));
  }
}
