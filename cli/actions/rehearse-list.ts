import type { Context } from '../context.js';
import { linkState } from '../rehearsal/bridge.js';
import type { RehearsalHost } from '../rehearsal/host.js';
import { assertRoot, cgroupVersion } from '../rehearsal/machine.js';
import { linkName } from '../rehearsal/network.js';
import { islandPlaces, rehearsalFolder } from '../rehearsal/places.js';
import { leaderOf } from '../rehearsal/processes.js';
import { knownIslands, type Rehearsals } from '../rehearsal/standing.js';
import { readState } from '../rehearsal/state.js';

/** A host as it is now. */
export interface ListedHost extends RehearsalHost {
  /** `cut`: it runs with its network cable pulled. */
  readonly state: 'running' | 'cut' | 'off';
}

export interface ListedIsland {
  readonly name: string;
  readonly islandFile: string;
  readonly keyFile: string;
  /** None where a start was stopped before it wrote down what it was to be. */
  readonly hosts: readonly ListedHost[];
}

export interface Listing {
  readonly islands: readonly ListedIsland[];
  /** Islands that only the kernel shows: of another user, or of a state folder that was lost. */
  readonly others: readonly string[];
}

/**
 * The islands that stand, and how their hosts are.
 *
 * @throws {WireOfflineError} REHEARSAL_NEEDS_ROOT, REHEARSAL_CGROUPS_MISSING
 */
export async function listRehearsals({ env }: Context): Promise<Listing> {
  assertRoot();
  const where = { rehearsals: rehearsalFolder(env), version: await cgroupVersion() };
  const { own, others } = await knownIslands(where);
  return { islands: await Promise.all(own.map((name) => listIsland(name, where))), others };
}

async function listIsland(
  name: string,
  { rehearsals, version }: Rehearsals,
): Promise<ListedIsland> {
  const { islandFile, keyFile } = islandPlaces(rehearsals, name);
  const { hosts = [] } = (await readState(rehearsals, name)) ?? {};
  const listed = hosts.map(async (host): Promise<ListedHost> => {
    const runs = (await leaderOf({ version, island: name, host: host.name })) !== undefined;
    const isCut = (await linkState(linkName(host.address))) === 'cut';
    return { ...host, state: runs ? (isCut ? 'cut' : 'running') : 'off' };
  });
  return { name, islandFile, keyFile, hosts: await Promise.all(listed) };
}
