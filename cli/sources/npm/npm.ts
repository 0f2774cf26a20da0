import { z } from 'zod';
import type { Collected, FileItem } from '../../bundle/component.js';
import { digestSchema, type Blob } from '../../digest.js';
import { WireOfflineError } from '../../errors.js';
import { integrityOf, newestVersion, solveClosure } from './client.js';
import { packagesOf, type NpmPackage } from './closure.js';
import { readNpmConfig, type NpmConfig } from './config.js';
import { extractMembers, type Member } from './members.js';
import {
  integrityHex,
  npmIntegritySchema,
  npmMemberSchema,
  npmNameSchema,
  npmRangeSchema,
  npmVersionSchema,
  tarballPath,
  tarballUrl,
} from './names.js';
import { missingBlobs } from '../../store/missing-blobs.js';
import type { Source, SourceTools } from '../source.js';

const specSchema = z
  .strictObject({
    package: npmNameSchema,
    version: npmRangeSchema,
    /** With all that the package needs to run, as npm solves it. */
    closure: z.boolean().default(false),
    /** The platform whose optional packages belong to the closure, in npm's words. */
    os: z.enum(['linux']).default('linux'),
    cpu: z.enum(['x64', 'arm64']).default('x64'),
    libc: z.enum(['glibc', 'musl']).default('glibc'),
    /** Members of the tarball that are wanted instead of the tarball, below its top folder: `bin/node`. */
    files: z.array(npmMemberSchema).min(1).max(1000).optional(),
  })
  .refine((spec) => !(spec.closure && spec.files !== undefined), {
    message: 'files or closure, not both: members are taken from one tarball',
    path: ['files'],
  });

const blob = { digest: digestSchema, sizeBytes: z.int().nonnegative() };

const pinSchema = z.strictObject({
  /** The version of the package that was asked for. */
  version: npmVersionSchema,
  packages: z
    .array(
      z.strictObject({
        name: npmNameSchema,
        version: npmVersionSchema,
        integrity: npmIntegritySchema,
        ...blob,
      }),
    )
    .min(1),
  members: z
    .array(z.strictObject({ path: npmMemberSchema, executable: z.boolean(), ...blob }))
    .optional(),
});

export type NpmSpec = Readonly<z.output<typeof specSchema>>;
export type NpmPin = Readonly<z.output<typeof pinSchema>>;
type PinnedPackage = NpmPin['packages'][number];

/** A tarball larger than this is none that anybody publishes. */
const maxTarballBytes = 1024 * 1024 * 1024;

/**
 * Packages of an npm registry: one tarball, a package with its closure, or members of a tarball.
 * The bytes are proven by the registry's sha512 integrity, and by the lock from then on.
 */
export const npmSource: Source<NpmSpec, NpmPin> = {
  kind: 'npm',
  specSchema,
  pinSchema,

  /**
   * @throws {WireOfflineError} NPM_PACKAGE_UNKNOWN, NPM_VERSION_UNKNOWN, NPM_CLOSURE_UNUSABLE, NPM_FILE_MISSING,
   * NPM_FAILED, TOOL_MISSING, what `readTarMembers` and the transfers throw.
   */
  async lock(spec, tools) {
    const config = await readNpmConfig(tools);
    const registries = config.registriesFor(spec.package);
    const version = await newestVersion(
      { name: spec.package, range: spec.version, registries },
      tools,
    );
    const wanted = await choose(spec, { version, registries, tools });
    const packages = await Promise.all(
      wanted.map(async (one) => ({ ...one, ...(await fetchNew(one, config, tools)) })),
    );
    const [first] = packages;
    if (spec.files === undefined || first === undefined) return { version, packages };
    const members = await extractMembers({ tarball: first, wanted: spec.files, tools });
    return { version, packages, members: members.map(toPin) };
  },

  /** @throws {WireOfflineError} SOURCE_GONE, SOURCE_MISMATCH, NPM_FILE_MISMATCH, what `lock` throws of its parts. */
  async collect(spec, pin, tools) {
    const items =
      pin.members === undefined
        ? await collectTarballs(pin.packages, tools)
        : await collectMembers(pin, tools);
    return collected(spec, pin, items);
  },
};

async function choose(
  spec: NpmSpec,
  to: {
    readonly version: string;
    readonly registries: readonly string[];
    readonly tools: SourceTools;
  },
): Promise<readonly NpmPackage[]> {
  const { version, registries, tools } = to;
  const name = spec.package;
  if (spec.closure) {
    const lockfile = await solveClosure({ name, version, registries }, tools);
    return packagesOf(lockfile, spec);
  }
  const said = await integrityOf({ name, range: version, registries }, tools);
  const integrity = npmIntegritySchema.safeParse(said);
  if (integrity.success) return [{ name, version, integrity: integrity.data }];
  throw new WireOfflineError('NPM_CLOSURE_UNUSABLE', {
    message: `npm ${name}@${version}: expected a sha512 integrity from the registry, got ${String(said)}`,
    hint: 'choose a version that was published with one',
  });
}

async function fetchNew(one: NpmPackage, config: NpmConfig, tools: SourceTools): Promise<Blob> {
  const upstream = { algorithm: 'sha512', hex: integrityHex(one.integrity) } as const;
  const request = { one, config, expected: { upstream }, maxBytes: maxTarballBytes };
  const { digest, sizeBytes } = await fetchTarball(request, tools);
  return { digest, sizeBytes };
}

async function fetchTarball(
  request: {
    readonly one: NpmPackage;
    readonly config: NpmConfig;
    readonly expected: Parameters<SourceTools['transfers']['fetch']>[0]['expected'];
    readonly maxBytes: number;
  },
  tools: SourceTools,
): Promise<Blob> {
  const { one, config, expected, maxBytes } = request;
  const [first, ...rest] = config.registriesFor(one.name);
  return tools.transfers.fetch({
    urls: [tarballUrl(first, one), ...rest.map((registry) => tarballUrl(registry, one))],
    headers: (url) => Promise.resolve(config.headersFor(url)),
    expected,
    maxBytes,
    label: `npm ${one.name}@${one.version}`,
  });
}

/** What the store has is taken from there; npm is asked where to go only for what is missing. */
async function fetchPinned(packages: readonly PinnedPackage[], tools: SourceTools): Promise<void> {
  const missing = await missingBlobs(tools.store, packages);
  if (missing.length === 0) return;
  const config = await readNpmConfig(tools);
  await Promise.all(
    missing.map((one) =>
      fetchTarball({ one, config, expected: one, maxBytes: one.sizeBytes }, tools),
    ),
  );
}

async function collectTarballs(
  packages: readonly PinnedPackage[],
  tools: SourceTools,
): Promise<readonly FileItem[]> {
  await fetchPinned(packages, tools);
  return packages.map((one) => ({
    kind: 'file',
    name: one.name,
    version: one.version,
    path: tarballPath(one),
    blob: { digest: one.digest, sizeBytes: one.sizeBytes },
    executable: false,
  }));
}

async function collectMembers(pin: NpmPin, tools: SourceTools): Promise<readonly FileItem[]> {
  const { packages, members = [], version } = pin;
  const missing = await missingBlobs(tools.store, members);
  const [tarball] = packages;
  if (tarball !== undefined && missing.length > 0) {
    await fetchPinned([tarball], tools);
    const wanted = members.map(({ path }) => path);
    const got = await extractMembers({ tarball, wanted, tools });
    refuseOthers(members, got.map(toPin));
  }
  return members.map(({ path, executable, digest, sizeBytes }) => ({
    kind: 'file',
    name: path,
    version,
    path,
    blob: { digest, sizeBytes },
    executable,
  }));
}

function refuseOthers(pinned: readonly PinnedMember[], got: readonly PinnedMember[]): void {
  const other = pinned.find(
    (one) => !got.some((two) => one.path === two.path && one.digest === two.digest),
  );
  if (other === undefined) return;
  throw new WireOfflineError('NPM_FILE_MISMATCH', {
    message: `npm ${other.path}: expected ${other.digest} from the tarball, got other bytes`,
    hint: 'the lock was edited by hand or is damaged: wire-offline recipe lock',
  });
}

type PinnedMember = NonNullable<NpmPin['members']>[number];

function toPin({ path, executable, blob: { digest, sizeBytes } }: Member): PinnedMember {
  return { path, executable, digest, sizeBytes };
}

function collected(spec: NpmSpec, pin: NpmPin, items: readonly FileItem[]): Collected {
  const root = pin.packages.find(
    ({ name, version }) => name === spec.package && version === pin.version,
  );
  return {
    version: pin.version,
    upstream: `npm:${spec.package}@${pin.version}`,
    proof: {
      method: 'npm-integrity',
      detail: `${root?.integrity ?? ''} and ${String(pin.packages.length - 1)} others by theirs`,
    },
    items,
  };
}
