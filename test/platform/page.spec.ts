import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { html } from '#platform/page';
import { moduleMap } from '#platform/page/module-map';
import { moduleTable } from '#platform/page/module-table';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('html', () => {
  it('escapes what is put in, unless it is HTML already', () => {
    const name = `<script>"&'`;
    expect(html`<p title="${name}">${html`<b>${name}</b>`}</p>`.text).toBe(
      '<p title="&lt;script&gt;&quot;&amp;&#39;"><b>&lt;script&gt;&quot;&amp;&#39;</b></p>',
    );
  });

  it('joins lists, and leaves out what is not there', () => {
    expect(html`${['a', html`<b></b>`, null]}${undefined}${false}${0}`.text).toBe('a<b></b>0');
  });
});

describe('the map of the modules', () => {
  const manifests = [
    { name: 'shop', calls: ['till'], hears: [] },
    { name: 'till', calls: [], hears: ['shop'] },
    { name: 'books', calls: [], hears: ['shop', 'till'] },
  ];

  it('draws every module, every call and everything heard', () => {
    const { text } = moduleMap(manifests);
    expect(text.match(/<rect /g)).toHaveLength(3);
    expect(text.match(/class="calls"/g)).toHaveLength(1);
    expect(text.match(/class="hears"/g)).toHaveLength(3);
  });

  it('puts callers above those whom they call', () => {
    const { text } = moduleMap([
      { name: 'shop', calls: ['till'], hears: [] },
      { name: 'till', calls: [], hears: [] },
    ]);
    const heights = [...text.matchAll(/<rect x="[\d.]+" y="([\d.]+)"/g)].map(([, y]) => Number(y));
    expect(heights[0]).toBeLessThan(heights[1] as number);
  });

  it('leaves out what is not hosted here', () => {
    const { text } = moduleMap([{ name: 'shop', calls: ['till'], hears: [] }]);
    expect(text).not.toContain('class="calls"');
  });

  it('says the same in a table, with how far each feed has been read', () => {
    const { text } = moduleTable([
      {
        name: 'books',
        calls: [],
        hears: ['shop'],
        up: false,
        tables: ['pages', 'covers'],
        lags: [{ module: 'books', feed: 'shop', events: 3, seconds: 1.2, parked: 1 }],
      },
    ]);
    expect(text).toContain('shop: 3 behind, 2 s, 1 parked');
    expect(text).toContain('pages, covers');
    expect(text).toContain('>down<');
  });
});

describe('GET /', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  it('answers a document that runs no script but its own', async () => {
    const { status, headers, body } = await app.send('GET', '/');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(body).toMatch(/^<!doctype html>/);
  });

  it.each([
    ['page.css', 'text/css'],
    ['page.js', 'text/javascript'],
    ['uplot.css', 'text/css'],
    ['uplot.js', 'text/javascript'],
  ])('serves %s', async (name, type) => {
    const { status, headers } = await app.send('GET', `/assets/${name}`);
    expect([status, headers.get('content-type')]).toEqual([200, `${type}; charset=utf-8`]);
  });

  it.each(['nothing.js', '..%2f..%2fpackage.json', 'constructor'])('has no %s', async (name) => {
    expect((await app.send('GET', `/assets/${name}`)).status).toBe(404);
  });
});
