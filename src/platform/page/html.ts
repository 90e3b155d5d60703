/** Text that is HTML already, and is put into other HTML as it is. */
export class Html {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What may be put into HTML. */
type Value = Html | string | number | false | null | undefined | readonly Value[];

const escaped = (value: Value): string => {
  if (value instanceof Html) return value.text;
  if (typeof value === 'object' && value !== null) return value.map(escaped).join('');
  if (value === null || value === undefined || value === false) return '';
  return `${value as string}`.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] as string);
};

/**
 * A template literal of HTML: what is put in is escaped, unless it is HTML itself; lists are joined,
 * nothing stands for null, undefined and false. Attributes' values need quotes around them.
 */
export const html = (strings: TemplateStringsArray, ...values: Value[]): Html =>
  new Html(String.raw({ raw: strings }, ...values.map(escaped)));
