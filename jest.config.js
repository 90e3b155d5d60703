import { swcOptions } from './scripts/lib/swc-options.mjs';

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // The same condition as in package.json's scripts: `#modules/*` and `#platform/*` mean sources.
  testEnvironmentOptions: {
    customExportConditions: ['bulkhead-source', 'node', 'node-addons'],
  },
  testMatch: ['<rootDir>/test/**/*.spec.ts'],
  // Projects of their own, with package names and tests of their own.
  modulePathIgnorePatterns: ['<rootDir>/services/'],
  testPathIgnorePatterns: ['<rootDir>/test/fixtures/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': ['@swc/jest', swcOptions],
  },
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
  reporters: [
    'default',
    ['<rootDir>/test/support/result-reporter.js', { file: 'coverage/result.json' }],
  ],
  maxWorkers: 2,
  testTimeout: 180_000,
  collectCoverageFrom: ['src/**/*.ts', 'scripts/lib/**/*.ts', '!src/modules/*/internal/prisma/**'],
  coverageDirectory: 'coverage',
};
