import { WireOfflineError } from '../errors.js';
import { editYaml, type FieldEdit } from '../input/yaml-edit.js';
import { hostKeyText, type HostKey } from './host-key.js';
import type { Island } from './island.js';
import { parseIsland } from './read.js';

/** Host keys by the names of hosts and jump hosts. */
export type KeysByName = ReadonlyMap<string, HostKey>;

/**
 * The text of an island file with these host keys pinned and all else kept to the character, comments included.
 *
 * @throws {WireOfflineError} ISLAND_INVALID where the file is none, or writes its hosts in a form that cannot be edited
 */
export async function pinKeys(
  source: { readonly file: string; readonly bytes: Uint8Array },
  keys: KeysByName,
): Promise<string> {
  const island = await parseIsland(source);
  const text = editYaml(Buffer.from(source.bytes).toString(), editsFor(island, keys));
  if (text !== undefined) {
    const pinned = await parseIsland({ file: source.file, bytes: Buffer.from(text) });
    if (endpointsOf(pinned).every(({ name, hostKey }) => isPinned(keys.get(name), hostKey)))
      return text;
  }
  throw new WireOfflineError('ISLAND_INVALID', {
    message: `island file ${source.file}: expected each host written out at its place, got one behind an alias`,
    hint: 'write the hosts without anchors and aliases, or add hostKey by hand',
  });
}

function editsFor(island: Island, keys: KeysByName): FieldEdit[] {
  return (['hosts', 'jumpHosts'] as const).flatMap((list) =>
    island[list].flatMap(({ name }, index): FieldEdit[] => {
      const key = keys.get(name);
      if (key === undefined) return [];
      return [{ path: [list, index], key: 'hostKey', value: hostKeyText(key), after: 'address' }];
    }),
  );
}

function endpointsOf({ hosts, jumpHosts }: Island): Island['jumpHosts'] {
  return [...hosts, ...jumpHosts];
}

function isPinned(wanted: HostKey | undefined, found: HostKey | undefined): boolean {
  return wanted === undefined || wanted.base64 === found?.base64;
}
