import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { parseJson } from '../input/json.js';
import { perform, type RehearsalRun } from './programs.js';

const listSchema = z.object({
  loopdevices: z.array(z.object({ name: z.string(), 'back-file': z.string().nullable() })),
});

/** The loop devices over files below a folder, also over files that were removed since. */
export async function loopsBelow(folder: string, run: RehearsalRun): Promise<readonly string[]> {
  const said = await perform(['losetup', '--json', '--list', '--output', 'NAME,BACK-FILE'], run);
  // Without any loop device losetup says nothing at all.
  const parsed = listSchema.safeParse(parseJson(said === '' ? '{"loopdevices":[]}' : said));
  if (!parsed.success) throw parsed.error;
  return parsed.data.loopdevices
    .filter((loop) => loop['back-file']?.startsWith(`${folder}/`) === true)
    .map(({ name }) => name);
}

/**
 * Waits for the disks of a container whose last process has ended: the kernel lets go of its mounts, and with them of
 * the loop devices, a moment later. Mounted again before that, a disk would be written twice at once. Gives those
 * that stay.
 */
export async function waitForLoops(folder: string, run: RehearsalRun): Promise<readonly string[]> {
  const untilMs = Date.now() + 15_000;
  for (;;) {
    const loops = await loopsBelow(folder, run);
    if (loops.length === 0 || Date.now() > untilMs) return loops;
    await setTimeout(20);
  }
}
