import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Trust } from '../actions/trusted-bundle.js';
import type { GlobalFlags } from '../config/resolve.js';
import type { Context } from '../context.js';
import type { TaskUi } from '../ui/tasks.js';

/** What every verb that reads a bundle works with. */
export interface ReaderSetup {
  readonly trust: Trust;
  readonly ui: TaskUi;
  /** A path as the user meant it. */
  readonly path: (given: string) => string;
}

/** The trust, the progress display and the paths of a verb that reads a bundle. */
export async function readerSetup(context: Context, command: Command): Promise<ReaderSetup> {
  const { resolveSettings } = await import('../config/resolve.js');
  const { taskUi } = await import('../ui/task-ui.js');
  const { settings } = await resolveSettings(command.optsWithGlobals<GlobalFlags>(), context);
  const { cwd, env, signal } = context;
  return {
    trust: { trustFolder: settings.trust, now: new Date(), env, signal },
    ui: taskUi(settings, context),
    path: (given) => resolve(cwd, given),
  };
}
