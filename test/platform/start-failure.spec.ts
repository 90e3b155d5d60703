import { describe, expect, it } from '@jest/globals';
import { describeStartFailure } from '#platform/start-failure';

const missing = (path: string) =>
  Object.assign(new Error(`Cannot find module '${path}' imported from /app/src/app.ts`), {
    code: 'ERR_MODULE_NOT_FOUND',
  });

describe('a failed start', () => {
  it.each([
    '/app/src/modules/notes/internal/prisma/client.ts',
    '/dist/modules/notes/internal/prisma/client.js',
  ])('says what makes the client that is missing, %s', (path) => {
    expect(describeStartFailure(missing(path))).toBe(
      'The generated Prisma client of "notes" is missing.\n\n  npm run prisma:generate',
    );
  });

  it('keeps the stack of what nobody foresaw', () => {
    expect(describeStartFailure(missing('/app/src/other.ts'))).toContain('start-failure.spec');
  });
});
