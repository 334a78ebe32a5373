// Prints the plain count of the last test run, from the report that vitest left.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const report = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../../node_modules/.cache/test-report.json');
try {
  const { numPassedTests, numFailedTests, numTotalTests, success } = JSON.parse(readFileSync(report, 'utf8'));
  // A file that fails to load has no tests to count; a test that did not run is not a passed one.
  const failed = Math.max(numFailedTests, numTotalTests - numPassedTests, success ? 0 : 1);
  process.stdout.write(`${numPassedTests} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 && numPassedTests > 0 ? 0 : 1;
} catch {
  process.stdout.write('0 passed, 1 failed\n');
  process.exitCode = 1;
}
