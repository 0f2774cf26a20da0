/**
 * `npm test` after the set-up: lint, then the unit, integration and e2e tests. Prints one closing line,
 * `N passed, N failed`, and fails where anything failed or was skipped.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { durationText } from '../../cli/ui/progress.js';
import { repositoryRoot } from '../helpers/repository.js';

interface Count {
  readonly passed: number;
  readonly failed: number;
}

const jestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  numRuntimeErrorTestSuites: z.number(),
});

const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
];
const results = join(repositoryRoot, 'artifacts', 'test-results');

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const counts = [
  check('eslint', { argv: nodeScript('eslint/bin/eslint.js', '.') }),
  check('prettier', {
    argv: nodeScript('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  }),
  check('ansible-lint', {
    argv: ['ansible-lint', '--offline', '-q', '--profile', 'production'],
    folder: 'ansible-templates',
  }),
  ...['unit', 'integration', 'e2e'].map(runJest),
];
const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
process.stdout.write(`\n${String(passed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

interface Command {
  readonly argv: readonly string[];
  /** Below the repository; its root unless said. */
  readonly folder?: string;
}

function nodeScript(script: string, ...args: readonly string[]): string[] {
  return [process.execPath, join('node_modules', script), ...args];
}

function check(title: string, command: Command): Count {
  return spawn(title, command) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function runJest(project: string): Count {
  const report = join(results, `${project}.json`);
  const args = ['--selectProjects', project, '--json', '--outputFile', report];
  const succeeded = spawn(`${project} tests`, { argv: [process.execPath, ...jest, ...args] });
  const counted = jestReport.parse(JSON.parse(readFileSync(report, 'utf8')));
  const skipped = counted.numPendingTests + counted.numTodoTests;
  if (skipped > 0) process.stdout.write(`${project}: ${String(skipped)} skipped: expected none\n`);
  const failed = counted.numFailedTests + counted.numRuntimeErrorTestSuites + skipped;
  return { passed: counted.numPassedTests, failed: failed === 0 && !succeeded ? 1 : failed };
}

/** Runs a command in the repository; its words are shown as they come. */
function spawn(title: string, { argv: [program = '', ...args], folder = '.' }: Command): boolean {
  process.stdout.write(`\n== ${title}\n`);
  const startedAtMs = performance.now();
  const { status } = spawnSync(program, args, {
    cwd: join(repositoryRoot, folder),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const took = durationText(performance.now() - startedAtMs);
  process.stdout.write(`== ${title}: ${status === 0 ? 'ok' : 'FAILED'} in ${took}\n`);
  return status === 0;
}
