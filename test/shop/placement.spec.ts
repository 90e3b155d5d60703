// only: shop
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HostedModules } from '#platform/hosted-modules';
import { Placement } from '#platform/placement/placement';
import { expectProblem } from '../platform/problems.js';
import { setProcessUrl } from '../../scripts/lib/placements.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { testProject } from '../support/test-project.js';
import { waitFor } from '../support/wait-for.js';

const KEY = Buffer.alloc(32, 7).toString('base64url');

describe('a process of one module', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({
      MODULES: 'catalog',
      INTERNAL_PORT: '0',
      ORDERS_PUBLIC_KEY: KEY,
      REPORTING_PUBLIC_KEY: KEY,
      INVENTORY_PUBLIC_KEY: KEY,
    });
  });
  afterAll(() => app.close());

  it('hosts that one, and answers its routes', async () => {
    const hosted = app.nest.get(HostedModules).inCallOrder();
    expect(hosted.map(({ manifest }) => manifest.name)).toEqual(['catalog']);
    expect((await app.send('GET', '/products')).status).toBe(200);
    expect((await app.send('GET', '/health/ready')).body).toEqual({
      status: 'up',
      modules: { catalog: 'up' },
    });
  });

  it('describes the routes of all, as a process of all does', async () => {
    const whole = await startTestApp();
    const documents = [app, whole].map(({ send }) => send('GET', '/openapi.json'));
    const [part, all] = await Promise.all(documents);
    await whole.close();
    expect(part?.body).toEqual(all?.body);
    expect(part?.body.paths).toHaveProperty('/orders/{id}');
  });

  it('answers that those are not available of whom it does not know where they run', async () => {
    expectProblem(await app.send('GET', '/orders'), 503, 'module.unavailable');
    expectProblem(await app.send('GET', '/nothing'), 404, 'http.not-found');
  });

  it('knows of the others who they are, and that they are not here', () => {
    const placement = app.nest.get(Placement);
    expect(placement.manifests.map(({ name }) => name)).toContain('orders');
    expect(placement.hosts('orders')).toBe(false);
    expect(placement.mayCall('orders', 'catalog')).toBe(true);
    expect(placement.mayCall('customers', 'catalog')).toBe(false);
    expect(placement.mayHear('reporting', 'orders')).toBe(true);
    expect(placement.mayHear('orders', 'reporting')).toBe(false);
    expect(placement.mayCall('nobody', 'catalog')).toBe(false);
  });

  it('follows what the operator says of where the others run, without being started again', async () => {
    const placement = app.nest.get(Placement);
    const { adminUrl } = testProject();
    expect(placement.urlOf('orders')).toBeUndefined();
    for (const url of ['http://one:4000', 'http://other:4000']) {
      await setProcessUrl(adminUrl, 'orders', url);
      await waitFor(() => placement.urlOf('orders') === url);
    }
    await setProcessUrl(adminUrl, 'orders', null);
    await waitFor(() => placement.urlOf('orders') === undefined);
  });
});
// only: end
