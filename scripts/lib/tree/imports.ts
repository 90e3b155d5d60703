const NAMED = /^import (?:type )?\{([^}]*)\} from '[^']+';\n/gm;
const WHOLE = /^import (?:\* as )?(\w+) from '[^']+';\n/gm;

/** A file's text without the imports of what nothing in it names any more; it is still to be formatted. */
export function withoutUnusedImports(text: string): string {
  const body = text.replaceAll(NAMED, '').replaceAll(WHOLE, '');
  const isUsed = (name: string) =>
    new RegExp(`(?<![\\w$])(?<!(?<!\\.)\\.)${name}(?![\\w$])`).test(body);
  return text
    .replaceAll(NAMED, (statement, list: string) => {
      const entries = list.split(',').flatMap((entry) => entry.trim() || []);
      const used = entries.filter((entry) => isUsed(/\w+$/.exec(entry)?.[0] ?? ''));
      if (used.length === entries.length) return statement;
      return used.length > 0 ? statement.replace(`{${list}}`, `{ ${used.join(', ')} }`) : '';
    })
    .replaceAll(WHOLE, (statement, name: string) => (isUsed(name) ? statement : ''));
}
