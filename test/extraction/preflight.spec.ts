import { describe, expect, it } from '@jest/globals';
import type {
  HomeFacts,
  TargetFacts,
} from '../../scripts/lib/extraction/readiness/preflight-facts.js';
import { findingsOf } from '../../scripts/lib/extraction/readiness/preflight.js';

/** A server on which nothing is in the way. */
const means = {
  ...{ version: 18, walLevel: 'logical', walKeepLimit: '-1', encoding: 'UTF8', extensions: [] },
  ...{ freeSlots: 10, freeSenders: 10, freeWorkers: 4, freeProcesses: 7, freeOrigins: 10 },
  ...{ admin: 'postgres', superuser: true, replication: true },
  ...{ mayCreateSubscriptions: true, readsStatistics: true },
};
const table = {
  ...{ name: 'note', kind: 'r', owner: 'owner', bytes: 4_000_000, estimate: 9, heapBytes: 1 },
  ...{ unlogged: false, keyed: true, rowSecurity: false, inherits: false },
  ...{ alwaysTriggers: [], rules: [], largeObjects: [], writers: [], subscriptions: [] },
};
const home: HomeFacts = {
  ...{ ...means, tables: [table], mayJoinOwner: true, mayPublish: true },
  ...{ usedExtensions: [], materialized: [], prepared: [], longTransactions: [] },
};
const other: TargetFacts = {
  ...{ ...means, sameServer: false, sameDatabase: false, strangers: 0, freeDisk: undefined },
};

const lines = (here: Partial<HomeFacts>, there: Partial<TargetFacts>) =>
  findingsOf({ ...home, ...here }, { ...other, ...there }, 'owner').map(
    ({ level, rule, fact }) => `${level} ${rule}: ${fact}`,
  );

describe('two servers', () => {
  it('are found fault with for nothing when all is well', () => {
    expect(lines({}, {})).toEqual([]);
  });

  it.each([
    [
      { walLevel: 'replica' },
      'refusal wal-level: this server has wal_level "replica"; expected "logical"',
    ],
    [
      { freeSlots: 3 },
      'refusal capacity: this server has 3 replication slots and 10 WAL senders free; expected 4 of each',
    ],
    [
      { freeSenders: 3 },
      'refusal capacity: this server has 10 replication slots and 3 WAL senders free; expected 4 of each',
    ],
    [
      { freeWorkers: 2 },
      'refusal workers: this server has 2 logical replication workers, 7 worker processes and 10 replication origins free; expected 3 of each',
    ],
    [
      { freeProcesses: 2 },
      'refusal workers: this server has 4 logical replication workers, 2 worker processes and 10 replication origins free; expected 3 of each',
    ],
    [
      { freeOrigins: 2 },
      'refusal workers: this server has 4 logical replication workers, 7 worker processes and 2 replication origins free; expected 3 of each',
    ],
    [
      { walKeepLimit: '1GB' },
      'warning wal-limit: this server keeps at most 1GB of WAL for a copy that is behind',
    ],
  ])('both need what replication takes, which %j is not', (lacks, finding) => {
    expect(lines(lacks, {})).toEqual([finding]);
    expect(lines({}, lacks)).toEqual([finding.replace('this server', 'the other server')]);
    expect(lines({}, { ...lacks, sameServer: true })).toEqual([]);
  });

  it('are not enough when the copy has no room on the disk of the other one', () => {
    expect(lines({}, { freeDisk: 1_000_000 })).toEqual([
      'refusal disk: the copy takes 8.0 MB there, its log included, and 1.0 MB are free',
    ]);
  });

  it('may be of different versions: an older one is warned of, one that is too old refused', () => {
    expect(lines({}, { version: 17 })).toEqual([
      'warning older: the other server is Postgres 17, older than 18',
    ]);
    expect(lines({}, { version: 19 })).toEqual([]);
    expect(lines({}, { version: 14 })).toEqual([
      'refusal version: the other server is Postgres 14, older than 15',
    ]);
  });
});
