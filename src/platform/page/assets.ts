import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A file that the page loads. */
export interface Asset {
  readonly type: string;
  readonly text: string;
}

const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

const own = (name: string) => readFileSync(new URL(`assets/${name}`, import.meta.url), 'utf8');
const packaged = (url: string) => readFileSync(fileURLToPath(url), 'utf8');

/** By the names under which they are served; there is no path from a request to a file. */
export const assets: ReadonlyMap<string, Asset> = new Map([
  ['page.css', { type: CSS, text: own('page.css') }],
  ['page.js', { type: SCRIPT, text: own('page.js') }],
  ['uplot.css', { type: CSS, text: packaged(import.meta.resolve('uplot/dist/uPlot.min.css')) }],
  [
    'uplot.js',
    { type: SCRIPT, text: packaged(import.meta.resolve('uplot/dist/uPlot.iife.min.js')) },
  ],
]);
