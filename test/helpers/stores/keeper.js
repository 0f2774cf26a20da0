/**
 * Runs a store for as long as a run of the tests lasts: `node keeper.js <pid of the run> <log file> <program> …`.
 * It ends the store on SIGTERM, or when the run is gone, however that ended.
 */
import { clearInterval, setInterval } from 'node:timers';
import { spawn } from 'node:child_process';
import { openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

const [, , runPid = '', logFile = '', program = '', ...args] = process.argv;
const log = openSync(logFile, 'a');
const store = spawn(program, args, { stdio: ['ignore', log, log] });

const timer = setInterval(() => {
  try {
    process.kill(Number(runPid), 0);
  } catch {
    // Nobody else is left to tidy up.
    store.on('exit', () => {
      rmSync(dirname(logFile), { recursive: true, force: true });
    });
    end();
  }
}, 500);

process.on('SIGTERM', end);
store.on('error', () => process.exit(1));
store.on('exit', () => {
  process.exitCode = 0;
  clearInterval(timer);
});

function end() {
  clearInterval(timer);
  // Nothing that a store of tests keeps is worth a clean end.
  store.kill('SIGKILL');
}
