import { randomBytes } from 'node:crypto';
import { access, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasSystemCode } from '../errors.js';
import { makeFolder } from '../store/make-folder.js';
import { baseImageFile, buildBaseRoot } from './base-root.js';
import { bootHost } from './boot.js';
import { makeBridge } from './bridge.js';
import type { CgroupVersion } from './cgroups.js';
import type { RehearsalHost, RehearsalIsland } from './host.js';
import { islandPlaces, type IslandPlaces } from './places.js';
import { makeSshKey, prepareHost } from './prepare-host.js';
import { perform, type RehearsalRun } from './programs.js';
import { alreadyStands, claimName, writeState } from './state.js';
import { islandsInKernel } from './processes.js';

/** An island whose name, bridge and key are made, and whose hosts are to come. */
export interface Ground {
  readonly island: RehearsalIsland;
  readonly places: IslandPlaces;
  readonly version: CgroupVersion;
  /** The image that hosts' roots are copies of. */
  readonly baseImage: string;
  /** The line that lets the island's key in. */
  readonly authorizedKey: string;
}

/**
 * The image of the base root, made where there is none yet, which takes a minute and the package archive.
 *
 * @throws {WireOfflineError} TOOL_FAILED with the last words of mmdebstrap.
 */
export async function baseImage(
  given: { readonly cache: string; readonly sourceLines: () => Promise<readonly string[]> },
  run: RehearsalRun,
): Promise<string> {
  const image = baseImageFile(given.cache);
  if (await isThere(image)) return image;
  await makeFolder(dirname(image));
  await perform(buildBaseRoot(image, await given.sourceLines()), run);
  return image;
}

/**
 * Takes an island's name, and so the duty to take it down.
 *
 * @throws {WireOfflineError} REHEARSAL_EXISTS
 */
export async function claimIsland(
  name: string,
  { rehearsals, version }: { readonly rehearsals: string; readonly version: CgroupVersion },
): Promise<void> {
  if ((await islandsInKernel(version)).includes(name)) throw alreadyStands(name);
  await claimName(rehearsals, name);
}

/**
 * Makes what all hosts of an island share: its bridge and its key. Its name is claimed.
 *
 * @throws {WireOfflineError} REHEARSAL_NETWORK_TAKEN
 */
export async function breakGround(
  given: Pick<Ground, 'island' | 'version' | 'baseImage'> & { readonly rehearsals: string },
  run: RehearsalRun,
): Promise<Ground> {
  const { island, version, baseImage: image, rehearsals } = given;
  const places = islandPlaces(rehearsals, island.name);
  await writeState(rehearsals, island);
  await makeBridge(island.network, island.name, run);
  const key = await makeSshKey(places.keyFile, `rehearsal ${island.name}`, run);
  if (island.hosts.some(({ sudo }) => sudo === 'prompt')) {
    const password = randomBytes(12).toString('base64url');
    await writeFile(places.sudoPasswordFile, password, { mode: 0o600 });
  }
  return { island, places, version, baseImage: image, authorizedKey: key.publicKey };
}

/**
 * Makes and boots one host, and gives its public host key, `TYPE BASE64`.
 *
 * @throws {WireOfflineError} REHEARSAL_BOOT_FAILED
 */
export async function raiseHost(
  host: RehearsalHost,
  ground: Ground,
  run: RehearsalRun,
): Promise<string> {
  const { island, places, version } = ground;
  const hostKey = await prepareHost({ ...ground, host }, run);
  const cgroup = { version, island: island.name, host: host.name };
  await bootHost({ host, island, places, cgroup, hostKey }, run);
  return hostKey;
}

async function isThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return false;
    throw error;
  }
}
