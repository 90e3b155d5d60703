/** The end-to-end suite: what the shop does, seen from outside. */
const FOLDERS = ['test/modules/', 'test/shop/requests.spec.ts'];

/** Specs among those that look inside of a process or over walls, and why they stay at home. */
const AT_HOME: Readonly<Record<string, string>> = {
  'test/modules/inventory/example-stock.spec.ts': 'seeds from inside of the process',
  'test/modules/orders/delayed-step.spec.ts':
    'stops the code of another module inside of the process',
  'test/modules/reporting/': 'compares reports with joins over all schemas of one database',
  'test/modules/seed.spec.ts': 'seeds from inside of the process',
};

/** jest's arguments that choose the suite. */
export const suiteArguments = (): string[] => [
  ...FOLDERS,
  '--testPathIgnorePatterns',
  'test/fixtures/',
  ...Object.keys(AT_HOME),
];
