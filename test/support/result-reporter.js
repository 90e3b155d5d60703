import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes how many tests passed and failed into a file, for whoever runs jest. */
export default class ResultReporter {
  /** @param {unknown} _global @param {{ file: string }} options */
  constructor(_global, { file }) {
    this.file = file;
  }

  onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
    mkdirSync(dirname(this.file), { recursive: true });
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    writeFileSync(this.file, JSON.stringify({ passed: numPassedTests, failed }));
  }
}
