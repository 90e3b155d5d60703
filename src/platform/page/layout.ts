import { html, type Html } from './html.js';

/** A whole document; its scripts only draw what its tables say. */
export const documentOf = (title: string, body: Html): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/assets/uplot.css" />
        <link rel="stylesheet" href="/assets/page.css" />
        <script defer src="/assets/uplot.js"></script>
        <script defer src="/assets/page.js"></script>
      </head>
      <body>
        ${body}
      </body>
    </html>`.text.replaceAll(/^ +/gm, '');
