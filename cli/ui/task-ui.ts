import type { Settings } from '../config/settings.js';
import type { Context } from '../context.js';
import type { TaskUi } from './tasks.js';

/** How this run shows its progress: a tree where a person watches, lines or JSON elsewhere, nothing when quiet. */
export function taskUi(
  { logFormat, color, verbosity }: Settings,
  { stderr, signal }: Pick<Context, 'stderr' | 'signal'>,
): TaskUi {
  if (verbosity === 'quiet') return { mode: 'quiet', stream: stderr, signal };
  if (logFormat !== 'auto') return { mode: logFormat, stream: stderr, signal };
  if (!stderr.isTTY) return { mode: 'plain', stream: stderr, signal };
  return { mode: 'tree', stream: stderr, color: color === 'auto', signal };
}
