import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { takeBackCommand } from '../../scripts/lib/service/source-move.js';

describe('the way back', () => {
  it.each(['services/boats', '../boats'])('works for a module that went to %s', (out) => {
    const around = mkdtempSync(join(tmpdir(), 'way-back-'));
    const root = join(around, 'harbour');
    const file = join(root, 'package.json');
    const text = JSON.stringify({ scripts: { 'prisma:generate': 'touch generated' } });
    const run = (command: string) => execFileSync('bash', ['-c', command], { cwd: root });
    mkdirSync(root);
    writeFileSync(file, text);
    run('git init -q && git add . && git -c user.name=t -c user.email=t@example.com commit -qm a');
    writeFileSync(file, '{}');
    mkdirSync(join(root, out), { recursive: true });
    writeFileSync(join(root, out, 'boat.ts'), '');
    run(takeBackCommand({ out }));
    expect(existsSync(join(root, out))).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(existsSync(join(root, 'generated'))).toBe(true);
    rmSync(around, { recursive: true });
  });
});
