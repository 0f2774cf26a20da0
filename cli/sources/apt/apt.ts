import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Collected, FileItem } from '../../bundle/component.js';
import { digestOf } from '../../digest.js';
import { WireOfflineError } from '../../errors.js';
import { archivesFor } from './places.js';
import { indexOf, newestDate, type StoredPackage } from './repository.js';
import { withAptRoot } from './root.js';
import {
  aptPinSchema,
  aptSpecSchema,
  parseRequest,
  type AptPin,
  type AptSpec,
  type LockedPackage,
} from './schema.js';
import { solve } from './solve.js';
import { loadSuites } from './suite.js';
import type { Source, SourceTools } from '../source.js';

/** Debian packages with all they need on a stated base, and an index by which apt installs them. */
export const aptSource: Source<AptSpec, AptPin> = {
  kind: 'apt',
  specSchema: aptSpecSchema,
  pinSchema: aptPinSchema,
  lock,
  collect,
};

/**
 * Has apt verify the suites of a recipe and choose what its packages need. The same state of the suites gives the
 * same pin.
 *
 * @throws {WireOfflineError} APT_KEYRING_UNREADABLE, and what loading the suites and solving throw.
 */
async function lock(spec: AptSpec, tools: SourceTools): Promise<AptPin> {
  const keyring = await readKeyring(spec, tools);
  const suites = [spec.suite, ...spec.pockets.map((pocket) => `${spec.suite}-${pocket}`)];
  const { components, architecture } = spec;
  return withAptRoot({ suites, components, architecture, keyring }, tools, async (root) => {
    tools.note(`apt: verifying ${suites.join(', ')}`);
    const { codename, releases } = await loadSuites(suites, { spec, root, tools });
    tools.note(`apt: choosing the packages for ${spec.packages.join(' ')}`);
    const { base, packages } = await solve(spec, root);
    const pinned = aptPinSchema.safeParse({
      suite: codename,
      architecture,
      keyring: digestOf(keyring),
      releases,
      base,
      packages,
    });
    if (!pinned.success) throw unusual(spec, pinned.error);
    return pinned.data;
  });
}

/**
 * The packages of a pin and an index of them, made here.
 *
 * @throws {WireOfflineError} SOURCE_GONE where no archive has a package any more, SOURCE_MISMATCH where one has other
 *   bytes, and what making the index throws.
 */
async function collect(spec: AptSpec, pin: AptPin, tools: SourceTools): Promise<Collected> {
  const stored = await fetchPackages(pin, tools);
  const files = await indexOf(pin, stored, tools);
  const version = versionOf(spec, pin);
  const index = await Promise.all(
    files.map(async ({ path, text }): Promise<FileItem> => {
      const { digest, sizeBytes } = await tools.store.put(inOnePiece(text));
      const name = path.slice(path.lastIndexOf('/') + 1);
      return { kind: 'file', name, version, path, blob: { digest, sizeBytes }, executable: false };
    }),
  );
  return {
    version,
    upstream: `debian:${pin.suite} ${spec.packages.join(' ')}`,
    proof: { method: 'apt-release', detail: proofOf(pin) },
    suite: pin.suite,
    items: [...stored.map(toItem), ...index],
  };
}

async function readKeyring({ keyring }: AptSpec, { recipeFolder }: SourceTools): Promise<Buffer> {
  const file = resolve(recipeFolder, keyring);
  try {
    return await readFile(file);
  } catch (cause) {
    throw new WireOfflineError('APT_KEYRING_UNREADABLE', {
      message: `keyring ${file}: expected the public keys of the archive, got ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'apt-get install debian-archive-keyring, or name the file in `keyring` of the recipe',
      cause,
    });
  }
}

/** What other archives than Debian's may have: packages outside `pool/`, or names that Debian does not allow. */
function unusual({ suite }: AptSpec, cause: Error): WireOfflineError {
  return new WireOfflineError('SOURCE_INVALID', {
    message: `suite ${suite}: expected packages with names, versions and paths as in Debian's archive, got others: ${cause.message}`,
    hint: 'this archive cannot be taken; take the package from elsewhere, or as a file by kind http',
    cause,
  });
}

async function fetchPackages(pin: AptPin, tools: SourceTools): Promise<StoredPackage[]> {
  const suites = [...new Set(pin.packages.map(({ suite }) => suite))];
  let archives: ReturnType<typeof archivesFor> | undefined;
  // What the cache has needs no archive, and no apt to say where one is.
  const archivesOf = async (suite: string): Promise<readonly string[]> =>
    (await (archives ??= archivesFor(suites, tools))).get(suite) ?? [];
  const gone: Gone[] = [];
  const stored = await Promise.all(
    pin.packages.map(async (locked) => {
      const file = (await tools.store.verified(locked.digest))?.file;
      if (file !== undefined) return [{ locked, file }];
      const found = await fetchPackage(locked, await archivesOf(locked.suite), tools);
      if (!(found instanceof WireOfflineError)) return [{ locked, file: found }];
      gone.push({ locked, cause: found });
      return [];
    }),
  );
  const [first, ...rest] = gone.sort(({ locked: { path: one } }, { locked: { path: other } }) =>
    one < other ? -1 : 1,
  );
  if (first !== undefined) throw goneFrom(pin, [first, ...rest]);
  return stored.flat();
}

interface Gone {
  readonly locked: LockedPackage;
  readonly cause: WireOfflineError;
}

/** The package's file in the store, or the error where no archive has it any more. */
async function fetchPackage(
  { digest, sizeBytes, path }: LockedPackage,
  archives: readonly string[],
  { transfers, store }: SourceTools,
): Promise<string | WireOfflineError> {
  const [first = '', ...rest] = archives.map((archive) => `${archive}/${quotePath(path)}`);
  try {
    await transfers.fetch({
      urls: [first, ...rest],
      expected: { digest, sizeBytes },
      maxBytes: sizeBytes,
      label: path.slice(path.lastIndexOf('/') + 1),
    });
  } catch (thrown) {
    if (thrown instanceof WireOfflineError && thrown.code === 'SOURCE_GONE') return thrown;
    throw thrown;
  }
  const stored = await store.verified(digest);
  if (stored === undefined) throw new Error(`${digest} was fetched and is not in the store`);
  return stored.file;
}

/** Archives that lie in object stores take a bare `+` for a space; apt quotes it too. */
function quotePath(path: string): string {
  return path.replaceAll('+', '%2b');
}

function goneFrom(pin: AptPin, all: readonly [Gone, ...Gone[]]): WireOfflineError {
  const [{ locked, cause }, ...others] = all;
  const more = others.length === 0 ? '' : ` and ${String(others.length)} more`;
  return new WireOfflineError('SOURCE_GONE', {
    message: `${locked.package} ${locked.version}${more}: expected in the archives of ${pin.suite} as when it was locked, got none: the suite has moved on`,
    hint: 'name a snapshot archive of that day in the mirrors of wire-offline.yaml',
    problems: all.map((each) => ({
      where: each.locked.path,
      expected: `${each.locked.package} ${each.locked.version} in ${each.locked.suite}`,
      got: 'not there any more',
    })),
    cause,
  });
}

function toItem({ locked }: StoredPackage): FileItem {
  const { package: name, version, path, digest, sizeBytes } = locked;
  return { kind: 'deb', name, version, path, blob: { digest, sizeBytes }, executable: false };
}

/** One package gives the component its version; of several it is the day that the archive signed last. */
function versionOf(spec: AptSpec, pin: AptPin): string {
  const [only, second] = spec.packages.map((request) => parseRequest(request).name);
  const locked = pin.packages.find((candidate) => candidate.package === only);
  if (second === undefined && locked !== undefined) return locked.version;
  return newestDate(pin).toISOString().slice(0, 10);
}

function proofOf({ releases, keyring }: AptPin): string {
  const states = releases.map(
    ({ suite, date, digest }) => `${suite} of ${date} (InRelease ${digest})`,
  );
  return `${states.join(', ')} verified by apt with keyring ${keyring}`;
}

async function* inOnePiece(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}
