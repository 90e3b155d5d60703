import { Controller, Get, Header, NotFoundException, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Asset, assets } from './assets.js';
import { html } from './html.js';
import { documentOf } from './layout.js';
import { moduleMap } from './module-map.js';
import { ModuleStates } from './module-states.js';
import { moduleTable } from './module-table.js';
import { type PageSection, PageSections } from './page-sections.js';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

/** The page at `/`, for people: the modules, and what modules have to show. */
@ApiExcludeController()
@Controller()
export class PageController {
  constructor(
    private readonly states: ModuleStates,
    private readonly sections: PageSections,
  ) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', POLICY)
  @Header('cache-control', 'no-store')
  async page(): Promise<string> {
    const [modules, sections] = await Promise.all([
      this.states.read(),
      Promise.all(this.sections.all().map(filled)),
    ]);
    return documentOf(
      'Modules',
      html`<main>
        <h1>Modules</h1>
        <p>
          Solid lines are calls, dashed ones are events that are heard.
          <a href="/docs">The API</a> is described on a page of its own.
        </p>
        <div class="map wide">${moduleMap(modules)}</div>
        <div class="wide">${moduleTable(modules)}</div>
        ${sections}
      </main>`,
    );
  }

  @Get('assets/:name')
  asset(@Param('name') name: string, @Res({ passthrough: true }) reply: FastifyReply): string {
    const asset: Asset | undefined = assets.get(name);
    if (!asset) throw new NotFoundException();
    void reply.header('content-type', asset.type).header('cache-control', 'max-age=3600');
    return asset.text;
  }
}

/** A section that cannot be filled says so, and leaves the rest of the page alone. */
async function filled(section: PageSection) {
  const content = await section
    .content()
    .catch(() => html`<p>This cannot be shown at present.</p>`);
  return html`<section>
    <h2>${section.title}</h2>
    ${content}
  </section>`;
}
