import { z } from 'zod';
import { WireOfflineError } from '../../errors.js';
import { npmIntegritySchema, npmNameSchema, npmVersionSchema } from './names.js';

/** A machine in npm's words. */
export interface NpmPlatform {
  readonly os: string;
  readonly cpu: string;
  readonly libc: string;
}

export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
}

const entrySchema = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  integrity: z.string().optional(),
  link: z.boolean().optional(),
  inBundle: z.boolean().optional(),
  dev: z.boolean().optional(),
  os: z.array(z.string()).optional(),
  cpu: z.array(z.string()).optional(),
  libc: z.array(z.string()).optional(),
});

/** Source: npm documentation, package-lock.json, lockfileVersion 3. */
const lockfileSchema = z.object({
  lockfileVersion: z.literal(3),
  packages: z.record(z.string(), entrySchema),
});

type Entry = z.infer<typeof entrySchema>;

/**
 * The packages of an npm lockfile that a platform needs, each once, by name and version. What lies in the tarball
 * of another is left to that one.
 *
 * @throws {WireOfflineError} NPM_CLOSURE_UNUSABLE where one comes from elsewhere than a registry or has no sha512.
 */
export function packagesOf(lockfile: string, platform: NpmPlatform): readonly NpmPackage[] {
  const { packages } = lockfileSchema.parse(JSON.parse(lockfile));
  const found = new Map<string, NpmPackage>();
  for (const [place, entry] of Object.entries(packages)) {
    if (place === '' || entry.inBundle === true || entry.dev === true) continue;
    if (!fits(entry, platform)) continue;
    const one = packageOf(place, entry);
    found.set(`${one.name}@${one.version}`, one);
  }
  return [...found.values()].sort(byNameAndVersion);
}

function packageOf(place: string, entry: Entry): NpmPackage {
  const name = npmNameSchema.safeParse(
    entry.name ?? place.slice(place.lastIndexOf(folder) + folder.length),
  );
  const version = npmVersionSchema.safeParse(entry.version);
  const integrity = npmIntegritySchema.safeParse(entry.integrity);
  if (entry.link !== true && name.success && version.success && integrity.success)
    return { name: name.data, version: version.data, integrity: integrity.data };
  throw new WireOfflineError('NPM_CLOSURE_UNUSABLE', {
    message: `npm ${place}: expected a version from a registry with a sha512 integrity, got ${JSON.stringify(entry).slice(0, 200)}`,
    hint: 'choose a version that depends on packages of a registry only',
  });
}

const folder = 'node_modules/';

function fits(entry: Entry, { os, cpu, libc }: NpmPlatform): boolean {
  return admits(entry.os, os) && admits(entry.cpu, cpu) && admits(entry.libc, libc);
}

/** npm's lists name what is admitted, or with `!` what is not. */
function admits(list: readonly string[] | undefined, value: string): boolean {
  if (list === undefined || list.length === 0 || list.includes('any')) return true;
  if (list.includes(`!${value}`)) return false;
  return list.includes(value) || list.every((word) => word.startsWith('!'));
}

function byNameAndVersion(a: NpmPackage, b: NpmPackage): number {
  const [left, right] = [`${a.name}@${a.version}`, `${b.name}@${b.version}`];
  return left < right ? -1 : left > right ? 1 : 0;
}
