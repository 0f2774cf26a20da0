import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { writeOutput } from '../bundle/output-file.js';
import { WireOfflineError } from '../errors.js';
import { oneOf, show } from '../input/issues.js';
import { refuseChanged, unconfirmed, type FoundKey } from '../island/found-keys.js';
import type { Island } from '../island/island.js';
import { pinKeys } from '../island/pin-keys.js';
import { parseIsland, readIsland, readIslandBytes, type IslandLocation } from '../island/read.js';
import type { HostAccess } from '../transport/host-access.js';
import { askHostKeys, type Scanned, type ScanRun } from './ask-host-keys.js';

export interface ScanRequest {
  /** The island file, as the user named it. */
  readonly file: string;
  /** Names of the hosts to ask; all of them where none is named. */
  readonly hosts: readonly string[];
  /** Names of hosts whose pinned key may be replaced by the one that they show now. */
  readonly replace: readonly string[];
  /** What jump hosts will ask for; called only where there is one. */
  readonly access: () => Promise<HostAccess>;
  /** Whether the keys, which it shows, are those of the machines that they should be. */
  readonly confirm: (keys: readonly FoundKey[]) => Promise<boolean>;
}

/**
 * Asks hosts for their host keys, has a person confirm those that are not pinned yet, and pins them in the island file
 * with all else in it kept. Hosts behind a jump host come after the jump host's own key is pinned.
 *
 * @throws {WireOfflineError} ISLAND_UNREADABLE, ISLAND_INVALID, USAGE_INVALID (names); HOST_KEY_CHANGED,
 * HOST_KEYS_UNCONFIRMED; the codes of `askHostKeys`; OUTPUT_NOT_WRITABLE, DISK_FULL
 */
export async function scanHostKeys(
  request: ScanRequest,
  run: ScanRun,
): Promise<readonly FoundKey[]> {
  const { file, hosts: names, replace, access, confirm } = request;
  const { cwd } = run.context;
  refuseUnknown(await readIsland({ file, cwd }), [...names, ...replace]);
  const found: FoundKey[] = [];
  for (const round of ['direct', 'behind a jump host'] as const) {
    const bytes = await readIslandBytes({ file, cwd });
    const endpoints = endpointsOf(await parseIsland({ file, bytes }), { round, names });
    const keys = await askHostKeys(endpoints, { ...run, access });
    refuseChanged(keys, replace);
    const unpinned = keys.filter(({ state }) => state !== 'pinned');
    if (unpinned.length > 0 && !(await confirm(unpinned))) throw unconfirmed(unpinned);
    if (unpinned.length > 0) await pin(unpinned, { file, cwd, bytes });
    found.push(...keys);
  }
  return found;
}

function refuseUnknown({ hosts, jumpHosts }: Island, names: readonly string[]): void {
  const known = [...hosts, ...jumpHosts].map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new WireOfflineError('USAGE_INVALID', {
    message: `host ${show(unknown)}: expected ${oneOf(known, unknown)}`,
    hint: 'name a host or jump host of the island file',
  });
}

interface Selection {
  readonly round: 'direct' | 'behind a jump host';
  readonly names: readonly string[];
}

function endpointsOf(
  { hosts, jumpHosts }: Island,
  { round, names }: Selection,
): readonly Scanned[] {
  const all: readonly Scanned[] = [
    ...jumpHosts.map((jump) => ({ ...jump, jump: undefined })),
    ...hosts,
  ];
  const isDirect = round === 'direct';
  return all.filter(
    ({ name, jump }) =>
      (jump === undefined) === isDirect && (names.length === 0 || names.includes(name)),
  );
}

interface IslandText extends IslandLocation {
  /** As it was when the keys were asked for. */
  readonly bytes: Uint8Array;
}

/** @throws {WireOfflineError} ISLAND_INVALID where someone else changed the file meanwhile */
async function pin(found: readonly FoundKey[], { file, cwd, bytes }: IslandText): Promise<void> {
  const keys = new Map(found.map(({ endpoint, key }) => [endpoint.name, key]));
  const text = await pinKeys({ file, bytes }, keys);
  const now = await readIslandBytes({ file, cwd });
  if (Buffer.compare(now, bytes) !== 0)
    throw new WireOfflineError('ISLAND_INVALID', {
      message: `island file ${file}: expected it as it was when the hosts were asked, got a changed one`,
      hint: 'run the same command again',
    });
  // A link stays one: what it leads to is what changes.
  const target = await realpath(resolve(cwd, file));
  await writeOutput({ file: target, force: true }, (handle) => handle.writeFile(text));
}
