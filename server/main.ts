/**
 * Runs one service or one job of the backend: `node server/main.js brig`. A service ends on SIGTERM or SIGINT after
 * its open requests; a job ends with its work, and with exit status 1 where that failed.
 */
import { systemClock } from './clock.js';
import { ConfigurationError } from './config/read-config.js';
import { makeLogger } from './log/logger.js';
import { isProgram, programs, programNames } from './programs.js';

const [, , name = ''] = process.argv;
const log = makeLogger({ name, level: process.env['LOG_LEVEL'] ?? 'info' });

try {
  if (!isProgram(name))
    throw new ConfigurationError(`expected one of ${programNames.join(', ')}, got '${name}'`);
  const running = await programs[name]({ env: process.env, log, clock: systemClock });
  if (running !== undefined) stopOnSignal(() => running.stop());
} catch (error) {
  if (error instanceof ConfigurationError) log.fatal(error.message);
  else log.fatal({ err: error }, 'failed');
  process.exitCode = 1;
}

function stopOnSignal(stop: () => Promise<void>): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      stop().catch((error: unknown) => {
        log.fatal({ err: error }, 'could not end cleanly');
        process.exitCode = 1;
      });
    });
}
