import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { urlWith } from '#platform/database/names';
import { createOnce } from '../../scripts/lib/create-once.js';
import { projectName } from '../../scripts/lib/project.js';
import { openServer, projectUrl } from '../../scripts/lib/server.js';
import { asksForPasswords } from '../support/asks-for-passwords.js';
import { testProject } from '../support/test-project.js';
import { newFolder, removeFolder } from './support.js';

const passwords = await asksForPasswords();

const databaseSecret = 'a secret of at least 32 characters';
const open = (databaseUrl: string) => openServer({ databaseUrl, databaseSecret, poolSize: 5 });

describe("the operator's server", () => {
  it.each(['', '/', '/postgres', '/template1'])(
    'uses the database of the project where DATABASE_URL ends with the host and "%s"',
    (path) => {
      expect(projectUrl(`postgres://admin:x@db:5432${path}?sslmode=require`)).toBe(
        `postgres://admin:x@db:5432/${projectName}?sslmode=require`,
      );
    },
  );

  it('uses the database that DATABASE_URL names', () => {
    expect(projectUrl('postgres://admin:x@db/shop')).toBe('postgres://admin:x@db/shop');
  });

  it('is that of DATABASE_URL even while the database is missing', async () => {
    const adminUrl = urlWith(testProject().adminUrl, { database: 'not_there_yet' });
    expect(await open(adminUrl)).toMatchObject({ adminUrl, secret: databaseSecret });
  });

  it('is refused with its address and without its password when nobody answers', async () => {
    const failure = open('postgres://admin:hush@127.0.0.1:1/shop');
    await expect(failure).rejects.toThrow(/admin@127\.0\.0\.1:1.*ECONNREFUSED/);
    await expect(failure).rejects.not.toThrow('hush');
    await expect(failure).rejects.toMatchObject({ name: 'CliError', exitCode: 2 });
  });

  (passwords ? it : it.skip)('is refused when the password is wrong', async () => {
    const url = urlWith(testProject().adminUrl, { password: 'wrong' });
    await expect(open(url)).rejects.toThrow('password authentication failed');
  });
});

describe('a file that is created once', () => {
  it('keeps what the first wrote', () => {
    const folder = newFolder();
    const file = join(folder, '..', 'secret');
    expect([createOnce(file, 'first'), createOnce(file, 'second')]).toEqual(['first', 'first']);
    expect(readFileSync(file, 'utf8')).toBe('first');
    removeFolder(folder);
  });
});
