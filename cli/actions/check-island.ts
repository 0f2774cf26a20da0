import { WireOfflineError } from '../errors.js';
import type { Island } from '../island/island.js';
import { openPoints } from '../island/open-points.js';
import { readIsland, type IslandLocation } from '../island/read.js';
import { shellWord } from '../input/shell-word.js';

/**
 * Reads an island file and checks that an installation lacks nothing in it; no host is touched.
 *
 * @throws {WireOfflineError} ISLAND_UNREADABLE, ISLAND_INVALID; ISLAND_INCOMPLETE where it is valid but not filled in
 */
export async function checkIsland(location: IslandLocation): Promise<Island> {
  const island = await readIsland(location);
  const problems = openPoints(island);
  if (problems.length === 0) return island;
  const unpinned = island.hosts.some(({ hostKey }) => hostKey === undefined);
  throw new WireOfflineError('ISLAND_INCOMPLETE', {
    message: `island file ${island.file} is valid, but not filled in`,
    problems,
    hint: unpinned
      ? `pin the host keys: wire-offline island scan-keys ${shellWord(island.file)}`
      : 'add the age recipients that secrets are encrypted to: wire-offline docs island',
  });
}
