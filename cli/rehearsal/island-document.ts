import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { parseYaml, toYaml } from '../input/yaml-document.js';
import { parseIsland } from '../island/read.js';
import type { Island } from '../island/island.js';

/** An island file that is rehearsed: what it says, and where it lies. */
export interface IslandSource {
  /** As the user named it. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** What paths in it are relative to. */
  readonly folder: string;
}

/** How the rehearsal's island file differs from the one it is made from. */
export interface Changes {
  /** The file's where it is left out. */
  readonly name?: string;
  /** In the order of the hosts; those of the file where they are left out. */
  readonly addresses?: readonly string[];
  /** `TYPE BASE64` by host. */
  readonly hostKeys?: ReadonlyMap<string, string>;
}

/** The parts of an island file that a rehearsal changes; all else is carried over as it stands. */
const documentSchema = z.looseObject({
  name: z.string(),
  hosts: z.array(z.looseObject({ name: z.string(), jump: z.string().optional() })),
  jumpHosts: z.unknown().optional(),
  tls: z.looseObject({ certificate: z.string().optional(), key: z.string().optional() }).optional(),
});

/**
 * The island file of a rehearsal: the one given, checked, under the rehearsal's name, with its hosts' own keys in the
 * place of the real ones and without jump hosts, which are not rehearsed.
 *
 * @throws {WireOfflineError} ISLAND_INVALID where the file given is not valid.
 */
export async function rehearsalIsland(
  source: IslandSource,
  changes: Changes,
): Promise<{ readonly island: Island; readonly text: string }> {
  await parseIsland(source);
  const said = parseYaml(
    { ...source, code: 'ISLAND_INVALID', hint: 'see: wire-offline docs island' },
    documentSchema,
  );
  const text = toYaml({ ...said, ...changed(said, { ...changes, folder: source.folder }) });
  const bytes = Buffer.from(text);
  return { island: await parseIsland({ file: source.file, bytes }), text };
}

type Said = z.infer<typeof documentSchema>;

function changed(
  { hosts, tls }: Said,
  { name, addresses, hostKeys, folder }: Changes & { readonly folder: string },
): Partial<Said> {
  const names = new Set(hosts.map((host) => host.name));
  return {
    ...(name === undefined ? {} : { name }),
    jumpHosts: undefined,
    hosts: hosts.map(({ jump, ...host }, index) => ({
      ...host,
      ...(jump !== undefined && names.has(jump) ? { jump } : {}),
      ...(addresses?.[index] === undefined ? {} : { address: addresses[index] }),
      ...(hostKeys?.has(host.name) === true ? { hostKey: hostKeys.get(host.name) } : {}),
    })),
    ...(tls === undefined ? {} : { tls: absolute(tls, folder) }),
  };
}

function absolute(tls: NonNullable<Said['tls']>, folder: string): NonNullable<Said['tls']> {
  const { certificate, key, ...rest } = tls;
  return {
    ...rest,
    ...(certificate === undefined ? {} : { certificate: resolve(folder, certificate) }),
    ...(key === undefined ? {} : { key: resolve(folder, key) }),
  };
}

/** The source that lies in a file. */
export function sourceOf(file: string, bytes: Uint8Array, cwd: string): IslandSource {
  return { file, bytes, folder: dirname(resolve(cwd, file)) };
}
