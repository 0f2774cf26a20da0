import { WireOfflineError } from '../errors.js';
import { oneOf, show } from '../input/issues.js';
import type { CgroupPlace, CgroupVersion } from './cgroups.js';
import type { RehearsalHost, RehearsalIsland } from './host.js';
import { hostPlaces, islandPlaces, type HostPlaces, type IslandPlaces } from './places.js';
import { islandsInKernel } from './processes.js';
import { readState, statedNames } from './state.js';

/** Where islands are looked for. */
export interface Rehearsals {
  /** The folder of all rehearsals. */
  readonly rehearsals: string;
  readonly version: CgroupVersion;
}

export interface KnownIslands {
  /** Those with a folder among this user's. */
  readonly own: readonly string[];
  /** Those that only the kernel shows: of another user, or of a folder that was lost. */
  readonly others: readonly string[];
}

/** The names of all islands on this machine. */
export async function knownIslands({ rehearsals, version }: Rehearsals): Promise<KnownIslands> {
  const own = await statedNames(rehearsals);
  const running = await islandsInKernel(version);
  return { own, others: running.filter((name) => !own.includes(name)) };
}

/**
 * The island that is meant: the one named, or the only one there is.
 *
 * @throws {WireOfflineError} REHEARSAL_UNKNOWN; USAGE_INVALID where there are several and none is named.
 */
export function chooseIsland(name: string | undefined, { own, others }: KnownIslands): string {
  const [first, second] = own;
  if (name === undefined && first !== undefined && second === undefined) return first;
  if (name === undefined && first !== undefined)
    throw new WireOfflineError('USAGE_INVALID', {
      message: `rehearsals ${own.join(', ')}: expected to be told which, got no name`,
      hint: `add --name ${first}; see: wire-offline rehearse list`,
    });
  if (name !== undefined && [...own, ...others].includes(name)) return name;
  const all = [...own, ...others];
  throw new WireOfflineError('REHEARSAL_UNKNOWN', {
    message:
      name === undefined || all.length === 0
        ? `rehearsal${name === undefined ? '' : ` ${show(name)}`}: expected one that stands, found none`
        : `rehearsal: expected ${oneOf(all, name)}, got ${show(name)}`,
    hint: 'see: wire-offline rehearse list; or start one: wire-offline rehearse up --help',
  });
}

/** A host that is named, with all that is known of it. */
export interface StandingHost {
  readonly island: RehearsalIsland;
  readonly host: RehearsalHost;
  readonly islandPlaces: IslandPlaces;
  readonly places: HostPlaces;
  readonly cgroup: CgroupPlace;
}

/**
 * A host of an island of this user's.
 *
 * @throws {WireOfflineError} REHEARSAL_UNKNOWN, REHEARSAL_HOST_UNKNOWN; USAGE_INVALID as `chooseIsland`.
 */
export async function findHost(
  wanted: { readonly island?: string | undefined; readonly host: string },
  where: Rehearsals,
): Promise<StandingHost> {
  const known = await knownIslands(where);
  const name = chooseIsland(wanted.island, { own: known.own, others: [] });
  const island = await readState(where.rehearsals, name);
  if (island === undefined) throw unfinished(name);
  const host = island.hosts.find((one) => one.name === wanted.host);
  if (host === undefined) {
    const names = island.hosts.map((one) => one.name);
    throw new WireOfflineError('REHEARSAL_HOST_UNKNOWN', {
      message: `host of ${name}: expected ${oneOf(names, wanted.host)}, got ${show(wanted.host)}`,
      hint: 'see: wire-offline rehearse list',
    });
  }
  const places = islandPlaces(where.rehearsals, name);
  return {
    ...{ island, host, islandPlaces: places, places: hostPlaces(places, host.name) },
    cgroup: { version: where.version, island: name, host: host.name },
  };
}

function unfinished(name: string): WireOfflineError {
  return new WireOfflineError('REHEARSAL_UNKNOWN', {
    message: `rehearsal ${name}: expected one that stands, got what a stopped start left`,
    hint: `take it away: wire-offline rehearse down ${name}`,
  });
}
