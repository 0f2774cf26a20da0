import type { RunningService, StartOptions } from './service/start-service.js';

/** Starts a service, or does a job and gives nothing. */
type Program = (options: StartOptions) => Promise<RunningService | undefined>;

/** What `node server/main.js` can run; each loads only its own code. */
export const programs = {
  brig: async (options) => {
    const { startService } = await import('./service/start-service.js');
    return startService((await import('./services/brig/brig.js')).brig, options);
  },
  galley: async (options) => {
    const { startService } = await import('./service/start-service.js');
    return startService((await import('./services/galley/galley.js')).galley, options);
  },
  gundeck: async (options) => {
    const { startService } = await import('./service/start-service.js');
    return startService((await import('./services/gundeck/gundeck.js')).gundeck, options);
  },
  cannon: async (options) => {
    const { startService } = await import('./service/start-service.js');
    return startService((await import('./services/cannon/cannon.js')).cannon, options);
  },
  'cassandra-migrations': async (options) => {
    await (await import('./jobs/cassandra-migrations.js')).cassandraMigrations(options);
    return undefined;
  },
  'galley-migrate-data': async (options) => {
    await (await import('./jobs/galley-migrate-data.js')).galleyMigrateData(options);
    return undefined;
  },
} as const satisfies Readonly<Record<string, Program>>;

export type ProgramName = keyof typeof programs;

/** Their names, in the order of this file. */
export const programNames = Object.keys(programs);

/** True of the name of a program. */
export function isProgram(name: string): name is ProgramName {
  return Object.hasOwn(programs, name);
}
