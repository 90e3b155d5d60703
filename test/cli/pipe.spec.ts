import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from '@jest/globals';
import { rootFolder } from '../../scripts/lib/project.js';

/** A command that writes more than a pipe holds. */
const TALK = `
  import { command, run } from './scripts/lib/cli.ts';
  await run(command('talk', 'Talks.').action(async () => {
    for (let line = 0; line < 100_000; line += 1) process.stdout.write('line ' + line + '\\n');
    await new Promise((resolve) => process.stdout.write('', resolve));
  }));
`;

it('a command whose reader has seen enough ends without a complaint', async () => {
  const talk = spawn(
    process.execPath,
    [
      '--conditions=bulkhead-source',
      '--import=./scripts/lib/typescript.mjs',
      '--input-type=module',
      '--eval',
      TALK,
    ],
    { cwd: rootFolder, env: { PATH: process.env['PATH'] } },
  );
  let complaint = '';
  talk.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  talk.stdout.once('data', () => talk.stdout.destroy());
  const [code] = (await once(talk, 'close')) as [number | null];
  expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
});
