import { Injectable } from '@nestjs/common';
import type { Html } from './html.js';

/** A part of the page at `/` that a module fills. */
export interface PageSection {
  readonly title: string;
  content(): Promise<Html>;
}

/** The page's sections, in the order in which their modules were wired. */
@Injectable()
export class PageSections {
  private readonly sections: PageSection[] = [];

  add(section: PageSection): void {
    this.sections.push(section);
  }

  all(): readonly PageSection[] {
    return this.sections;
  }
}
