export { html, type Html } from './html.js';
export { type PageSection, PageSections } from './page-sections.js';
