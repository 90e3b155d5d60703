import type { Plan } from './plan.js';

/**
 * A plan as an SQL script to read: what `provision` sends, with the reasons, without passwords.
 */
export function scriptOf({ statements }: Plan): string {
  const outside = statements.filter((each) => each.outsideTransaction);
  const inside = statements.filter((each) => !each.outsideTransaction);
  let reason = '';
  const lines = (list: typeof statements) =>
    list.flatMap((each) => {
      const comment = each.reason === reason ? [] : [`-- ${each.reason}`];
      reason = each.reason;
      return [...comment, `${each.sql};`];
    });
  const transaction = inside.length === 0 ? [] : ['BEGIN;', ...lines(inside), 'COMMIT;'];
  return [...lines(outside), ...transaction].join('\n');
}
