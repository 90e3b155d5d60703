import { CliError, listed } from '../cli.js';

/** A project's name in the forms that files have it in. */
export interface Names {
  /** As in package.json: `night-market`. */
  readonly name: string;
  /** As in Postgres: `night_market`. */
  readonly identifier: string;
  /** As people read it: `Night market`. */
  readonly title: string;
}

export function namesOf(name: string): Names {
  const words = name.replaceAll('-', ' ');
  return {
    name,
    identifier: name.replaceAll('-', '_'),
    title: words.charAt(0).toUpperCase() + words.slice(1),
  };
}

const RESERVED = ['postgres', 'template0', 'template1', 'platform', 'public', 'source'];

/**
 * @param taken the names of the packages that the project depends on
 * @throws {CliError} naming every fault of a project's name
 */
export function refuseName(name: string, template: string, taken: readonly string[]): void {
  const faults = [
    ...(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name)
      ? []
      : [
          'it must be lower-case letters and digits, in words joined by "-", beginning with a letter',
        ]),
    // Roles are `<name>_test_<8 characters>_<module>_owner`, and Postgres cuts off at 63.
    ...(name.length < 2 || name.length > 24 ? ['it must have 2 to 24 characters'] : []),
    ...(name.startsWith('pg') || RESERVED.includes(name) ? ['it is a reserved word'] : []),
    ...(name.includes(template) ? [`it contains the template's own, "${template}"`] : []),
    ...(taken.includes(name) ? ['a package that the project depends on is called that'] : []),
  ];
  if (faults.length === 0) return;
  throw new CliError(
    `"${name}" cannot be the project's name:${listed(faults)}`,
    'Choose another, such as night-market. The database and the roles are called after it.',
  );
}

/**
 * Gives a text the project's name in place of the template's. Pure.
 *
 * A database and a role want the identifier, an object's key wants quotes where the name has "-",
 * and everything else (the package, the import condition, the prefix of lint rules) the name.
 */
export function renamed(text: string, template: Names, project: Names): string {
  const old = template.name;
  const inPostgres = new RegExp(
    `(?<=postgres://\\S+/|--database |\`)${old}(?=[\`\\s'"_)]|$)`,
    'gm',
  );
  return text
    .replaceAll(inPostgres, project.identifier)
    .replaceAll(`${old}_`, `${project.identifier}_`)
    .replaceAll(new RegExp(`(?<=[{,\\s])${old}(?=: )`, 'g'), `'${project.name}'`)
    .replaceAll(old, project.name)
    .replaceAll(template.title, project.title);
}
