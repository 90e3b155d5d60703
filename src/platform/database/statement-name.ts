const names = new Map<string, string>();

/** Beyond this many texts, statements go unnamed: prepared ones would fill the server's memory. */
const MOST = 1_000;

/**
 * A short, stable name per statement text, so that Postgres parses and plans it once per
 * connection. Lists belong into one array parameter (`= any($1)`), so that the text stays the same.
 *
 * @returns the name, or an empty string for a statement that must not be prepared
 */
export function statementName(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  if (names.size >= MOST) return '';
  const name = `s${names.size}`;
  names.set(text, name);
  return name;
}
