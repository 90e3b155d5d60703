import type { Finding } from '#platform/database/audit/finding';

/** Whether somebody has to do something about it. */
export const isDrift = ({ level, explainedBy }: Finding) =>
  level === 'finding' && explainedBy === null;

/** What an audit of one database cannot know, whoever asks. */
const UNSEEN =
  'Not looked at: other databases of the server, passwords, rows, and names that a function computes.';

/** The findings for a person: by rule, with why each matters and the statement that repairs it. */
export function reportOf(findings: readonly Finding[]): string {
  const drift = findings.filter(isDrift);
  const others = findings.filter((finding) => !isDrift(finding));
  const count = drift.length === 0 ? 'Nothing found.' : `${drift.length} finding(s).`;
  const help = drift.length === 0 ? '' : '\nSee docs/resolving-violations.md#audit\n';
  const notes = others.map(
    ({ what, explainedBy }) =>
      `note: ${what}${explainedBy === null ? '' : `, by ${explainedBy}`}\n`,
  );
  return `${byRule(drift)}${notes.join('')}${count} ${UNSEEN}\n${help}`;
}

function byRule(findings: readonly Finding[]): string {
  return [...new Set(findings.map(({ rule }) => rule))]
    .map((rule) => {
      const alike = findings.filter((finding) => finding.rule === rule);
      const lines = alike.map(({ what, modules, repair }) => {
        const whose = modules.length > 0 ? ` (${modules.join(', ')})` : '';
        return `  - ${what}${whose}\n    ${repair.startsWith('npm ') ? repair : `${repair};`}\n`;
      });
      return `${rule}: ${alike[0]?.why}\n${lines.join('')}\n`;
    })
    .join('');
}
