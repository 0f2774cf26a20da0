import { describeIsland, type IslandDescription } from '../island/describe.js';
import { readIsland, type IslandLocation } from '../island/read.js';

/**
 * All that an island file says and that follows from it; no host is touched.
 *
 * @throws {WireOfflineError} ISLAND_UNREADABLE, ISLAND_INVALID
 */
export async function showIsland(location: IslandLocation): Promise<IslandDescription> {
  return describeIsland(await readIsland(location));
}
