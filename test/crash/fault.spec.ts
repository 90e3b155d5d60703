import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { rootFolder } from '../../scripts/lib/project.js';
import { killProcess, startAppProcess } from '../platform/app-process.js';
import { KILL_POINT } from '../support/kill-point.js';
import { MOVE_POINTS, POINTS } from '../support/points.js';

const sources = ['src', 'scripts']
  .flatMap((folder) =>
    readdirSync(join(rootFolder, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
      join(folder, file),
    ),
  )
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(join(rootFolder, file), 'utf8') }));

describe('injected faults', () => {
  it('are installed by no source', () => {
    const naming = sources.filter(({ text }) => text.includes('installFault'));
    expect(naming.map(({ file }) => file)).toEqual(['src/platform/fault.ts']);
  });

  // only: billing, orders
  it('can come at the points that crash tests know, and at no other', () => {
    const called = sources.flatMap(({ text }) =>
      [...text.matchAll(/faultPoint\('([^']+)'\)/g)].map(([, point]) => point as string),
    );
    expect([...new Set(called)].sort()).toEqual([...POINTS, ...MOVE_POINTS].sort());
  });
  // only: end

  it('do not come by the environment into the app that is started', async () => {
    const app = await startAppProcess({ [KILL_POINT]: 'events.before-handlers' });
    try {
      const price = { amount: 1, currency: 'EUR' };
      const product = { sku: `FAULT-${process.pid}`, name: 'Heard of', price };
      expect(await app.send('POST', '/products', product)).toMatchObject({ status: 201 });
      expect(await app.send('GET', '/health/live')).toMatchObject({ status: 200 });
    } finally {
      await killProcess(app);
    }
  });
});
