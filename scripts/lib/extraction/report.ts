import { listed } from '../cli.js';
import type { Done } from './steps/mover.js';
import type { Readiness } from './readiness/plan.js';
import { describeProgress } from './progress.js';
import { mb } from './readiness/size.js';
import type { Status } from './status.js';
import { meaning } from './sides/stage.js';
import type { Verification } from './compare/verify.js';

const names = (list: readonly string[]) => list.join(', ') || 'nobody';

/** A readiness report as text. */
export function describeReadiness(plan: Readiness): string {
  const bytes = plan.tables.reduce((sum, table) => sum + table.bytes, 0);
  const rows = plan.tables.reduce((sum, table) => sum + table.rows, 0);
  const { disk, seconds } = plan;
  const free = disk.free === undefined ? 'see that it is free' : `${mb(disk.free)} are free`;
  const of = (level: 'refusal' | 'warning') =>
    plan.findings
      .filter((finding) => finding.level === level)
      .map(({ rule, fact, remedy }) => `${rule}: ${fact}\n    ${remedy}`);
  return [
    `${plan.module}: ${plan.tables.length} tables, about ${rows} rows, ${mb(bytes)}`,
    `  the copy takes up to ${mb(disk.needed)} of disk there, its log included; ${free}`,
    ...(seconds === undefined
      ? []
      : [
          `  reading it takes ${readingTime(seconds)} by a sample; with its indexes there, the copy takes several times that`,
        ]),
    `  calls ${names(plan.calls)}; is called by ${names(plan.calledBy)}`,
    `  hears ${names(plan.hears)}; is heard by ${names(plan.heardBy)}`,
    `To be mended first:${listed(of('refusal')) || ' nothing'}`,
    `To be weighed:${listed(of('warning')) || ' nothing'}`,
    '',
  ].join('\n');
}

const readingTime = (seconds: number) =>
  seconds < 1 ? 'less than a second' : `about ${Math.ceil(seconds)} s`;

/** What a verb did, in a line or two. */
export function describeDone({ verb, stage, pause, verification, seconds, left }: Done): string {
  const facts = [
    ...(left?.dropped ?? []).map((schema) => `"${schema}" was dropped at home`),
    ...(left?.kept ?? []).map(describeLeft),
    ...(seconds === undefined ? [] : [`in ${seconds.toFixed(1)} s`]),
    ...(pause === undefined ? [] : [`writers waited for ${pause.toFixed(0)} ms`]),
    ...(verification === undefined ? [] : describeVerification(verification)),
  ];
  return `${[`${verb}: ${meaning[stage].is}`, ...facts].join('; ')}\n`;
}

const describeVerification = ({ rows, tables, seconds, undecided }: Verification): string[] => [
  `${rows} rows of ${tables} tables are the same on both sides (${seconds.toFixed(1)} s)`,
  ...(undecided > 0
    ? [`but for ${undecided} that changed at each look: the cutover compares them behind its fence`]
    : []),
];

const describeLeft = (schema: string) =>
  `the old rows are at home in "${schema}", until finish --drop drops them`;

const WAY_BACK_LOST = 'the way back is lost: rollback says what is left to decide';
const COPY_LOST = 'the copy has lost its slot, or what that kept: abort, then begin again';

/** A status as text, with the last ten steps. */
export function describeStatus(status: Status): string {
  const { module, stage, is, next, target, placement, doors, copy, lag, left, busy, doing } =
    status;
  const steps = status.journal
    .slice(-10)
    .map(({ at, verb, step, who }) => `${at.toISOString()} ${verb} ${step} (${who})`);
  return [
    `${module}: ${stage}, which means: ${is}`,
    `  next: ${next}${busy ? ` (${['a mover is at work now', ...doing].join('; ')})` : ''}`,
    `  other database: ${target ?? 'none was named'}`,
    `  home is ${doors.home}, the other side is ${doors.away}; epoch ${placement.epoch} is at ${placement.database ?? 'home'}`,
    ...(copy ? [`  ${describeProgress(copy)}`] : []),
    ...(status.lost ? [`  ${stage === 'away' ? WAY_BACK_LOST : COPY_LOST}`] : []),
    ...(lag === undefined ? [] : [`  the way back is ${mb(lag)} behind`]),
    ...left.map((schema) => `  ${describeLeft(schema)}`),
    ...(steps.length > 0 ? [`  steps:${listed(steps)}`] : []),
    '',
  ].join('\n');
}
