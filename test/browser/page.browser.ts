// only: shop
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { readProjectManifests, rootFolder } from '../../scripts/lib/project.js';
import { startChromium } from '../support/chromium.js';
import { OpenShop } from '../support/shop.js';
import { fillShop } from '../modules/reporting/filled-shop.js';

let shop: OpenShop;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  shop = await OpenShop.open();
  await fillShop(shop);
  browser = await startChromium();
  page = await browser.newPage({ viewport: { width: 1000, height: 900 } });
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(shop.app.url, { waitUntil: 'networkidle' });
});
afterAll(async () => {
  await browser?.close();
  await shop?.close();
});

describe('the page in a browser', () => {
  it('draws the map and the charts without a complaint', async () => {
    expect(complaints).toEqual([]);
    expect(await page.locator('svg rect').count()).toBe(readProjectManifests().length);
    expect(await page.locator('table[data-chart]').count()).toBe(4);
    expect(await page.locator('.uplot canvas').count()).toBe(4);
    const clip = { x: 0, y: 0, width: 1000, height: 1260 };
    await page.screenshot({ path: `${rootFolder}/docs/page.png`, fullPage: true, clip });
  });

  it('says all of it to those who do not see it', async () => {
    const tree = await page.locator('main').ariaSnapshot();
    expect(tree).toContain('heading "Modules" [level=1]');
    expect(tree).toContain('heading "Reports" [level=2]');
    expect(tree).toContain('heading "Revenue by day, EUR" [level=3]');
    for (const { name } of readProjectManifests()) expect(tree).toContain(`rowheader "${name}"`);
    expect(
      await page
        .locator('canvas')
        .evaluateAll((all) => all.every((one) => one.closest('[aria-hidden=true]'))),
    ).toBe(true);
  });

  it('fits a phone: nothing but tables is wider than the screen', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    const [content, screen] = await page.evaluate<[number, number]>(
      '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
    );
    expect(content).toBeLessThanOrEqual(screen);
  });

  it('is whole without scripts', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(shop.app.url);
    expect(await plain.locator('table').count()).toBe(8);
    await context.close();
  });
});
// only: end
