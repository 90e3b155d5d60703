import { expect } from '@jest/globals';
import type { Answer } from '../support/sender.js';

/** What would tell a stranger how the house is built: traces, paths, SQL, drivers, roles. */
const INTERNALS =
  /\bat \S+ \(|node_modules|\.[cm]?[jt]s\b|\/src\/|\/work\/|prisma|postgres|\bselect\b|\binsert\b|\bconstraint\b|\brelation\b|ECONN|_owner\b/i;

/** Expects an answer to be a problem as RFC 9457 and this house want it, and to give nothing away. */
export function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer).toMatchObject({
    status,
    body: { type: `urn:problem:${code}`, title: expect.stringMatching(/\.$|: /), status, code },
  });
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.body.requestId).toMatch(/\S/);
  expect(answer.headers.get('x-request-id')).toBe(answer.body.requestId);
  expect(JSON.stringify(answer.body)).not.toMatch(INTERNALS);
}

/** Expects a 400 that names these paths as faulty, and no others. */
export function expectFaults(answer: Answer, ...paths: string[]): void {
  expectProblem(answer, 400, 'http.invalid-request');
  const faults: { path: string; message: string }[] = answer.body.values.faults;
  expect([...new Set(faults.map(({ path }) => path))].sort()).toEqual([...paths].sort());
  for (const { message } of faults) expect(message).toMatch(/\S/);
}
