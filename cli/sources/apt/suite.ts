import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestOf, hexOf, type Blob } from '../../digest.js';
import { WireOfflineError } from '../../errors.js';
import { closest } from '../../input/closest.js';
import { archivesFor } from './places.js';
import { parseInRelease, type Release } from './release.js';
import { lastWords, type AptRoot } from './root.js';
import type { AptSpec, LockedRelease } from './schema.js';
import type { SourceTools } from '../source.js';
import type { Document } from '../transfer/transfers.js';

/** Debian's own is 150 KB; a suite of a hundred architectures would still fit. */
const maxInReleaseBytes = 8 * 1024 * 1024;

interface SignedSuite {
  readonly suite: string;
  /** The archive that had it. */
  readonly archive: string;
  readonly bytes: Uint8Array;
}

type VerifiedSuite = SignedSuite & { readonly release: Release };

/**
 * Brings the signed states of suites and their indexes into a root, each verified by apt before anything in it is
 * believed: the signature first, then the indexes by the hashes that were signed.
 *
 * @throws {WireOfflineError} APT_SUITE_UNKNOWN, APT_SUITE_UNVERIFIED, APT_SUITE_EXPIRED, APT_COMPONENT_UNKNOWN,
 *   APT_SOURCES_MISSING, and what the transfers throw.
 */
export async function loadSuites(
  suites: readonly string[],
  { spec, root, tools }: { spec: AptSpec; root: AptRoot; tools: SourceTools },
): Promise<{ codename: string; releases: LockedRelease[] }> {
  const archives = await archivesFor(suites, tools);
  const signed = await Promise.all(
    [...archives].map(([suite, urls]) => fetchInRelease(suite, urls, tools)),
  );
  for (const { suite, bytes } of signed)
    await place(root, suite, 'InRelease', (file) => writeFile(file, bytes));
  await verifySignatures(root, spec);
  const verified = signed.map(readVerified);
  await Promise.all(verified.map((suite) => fetchIndexes(suite, { spec, root, tools })));
  const { exitCode, ...said } = await root.run(['apt-get', 'update']);
  if (exitCode !== 0) throw unverified(suites, lastWords({ exitCode, ...said }, root));
  return {
    codename: verified[0]?.release.codename ?? spec.suite,
    releases: verified.map(({ suite, bytes, release }) => ({
      suite,
      date: release.date.toISOString(),
      digest: digestOf(bytes),
    })),
  };
}

async function fetchInRelease(
  suite: string,
  archives: readonly [string, ...string[]],
  tools: SourceTools,
): Promise<SignedSuite> {
  let refused: { readonly archive: string; readonly answer: Document } | undefined;
  let failed: WireOfflineError | undefined;
  for (const archive of archives) {
    const url = `${archive}/dists/${suite}/InRelease`;
    try {
      const answer = await tools.transfers.fetchDocument({ url, maxBytes: maxInReleaseBytes });
      if (answer.status === 200) return { suite, archive, bytes: answer.bytes };
      refused = { archive, answer };
    } catch (thrown) {
      tools.signal.throwIfAborted();
      if (!(thrown instanceof WireOfflineError)) throw thrown;
      // The next archive may be in reach; where none is, the first failure is the one to tell.
      failed ??= thrown;
    }
  }
  if (failed !== undefined) throw failed;
  throw absent(suite, refused?.answer.status ?? 0, archives);
}

function absent(suite: string, status: number, archives: readonly string[]): WireOfflineError {
  const near = closest(suite, ['bookworm', 'trixie', 'forky', 'bullseye', 'sid']);
  return new WireOfflineError(status === 404 ? 'APT_SUITE_UNKNOWN' : 'SOURCE_REFUSED', {
    message: `suite ${suite}: expected its InRelease file in ${archives.join(' or ')}, got HTTP status ${String(status)}`,
    hint:
      near === undefined || near === suite
        ? 'check `suite` and `pockets` in the recipe, or name an archive that has it in the mirrors of wire-offline.yaml'
        : `did you mean ${near}?`,
  });
}

/** Puts a file where apt expects it in a suite's archive. */
async function place(
  root: AptRoot,
  suite: string,
  path: string,
  make: (file: string) => Promise<void>,
): Promise<void> {
  const file = join(root.archiveOf(suite), 'dists', suite, path);
  await mkdir(dirname(file), { recursive: true });
  await make(file);
}

const withoutIndexes = ['-o', 'Acquire::IndexTargets::deb::Packages::DefaultEnabled=false'];
const ofAnyAge = ['-o', 'Acquire::Check-Valid-Until=false', '-o', 'Acquire::Check-Date=false'];

async function verifySignatures(root: AptRoot, { suite, keyring }: AptSpec): Promise<void> {
  const result = await root.run(['apt-get', 'update', ...withoutIndexes]);
  if (result.exitCode === 0) return;
  const words = lastWords(result, root);
  const aged = await root.run(['apt-get', 'update', ...withoutIndexes, ...ofAnyAge]);
  if (aged.exitCode !== 0) throw unverified([`${suite} by keyring ${keyring}`], words);
  throw new WireOfflineError('APT_SUITE_EXPIRED', {
    message: `suite ${suite}: expected a signed state that is valid today, got one whose time is over or not yet come\n${words}`,
    hint: 'check the clock of this machine; where it reads a snapshot archive on purpose, set Acquire::Check-Valid-Until "false" in its apt.conf',
  });
}

function unverified(suites: readonly string[], words: string): WireOfflineError {
  return new WireOfflineError('APT_SUITE_UNVERIFIED', {
    message: `suite ${suites.join(', ')}: expected an archive whose signature and hashes hold, got one that apt refuses\n${words}`,
    hint: 'check that `keyring` in the recipe is that of the archive; if it is, do not use this archive or mirror',
  });
}

/** A valid signature says who wrote it, not that it is the suite that was asked for. */
function readVerified(signed: SignedSuite): VerifiedSuite {
  const release = parseInRelease(Buffer.from(signed.bytes).toString('utf8'));
  if (release === undefined)
    throw unverified([signed.suite], 'its InRelease file has no such form');
  if ([release.suite, release.codename].includes(signed.suite)) return { ...signed, release };
  throw unverified(
    [signed.suite],
    `it is the signed state of another suite: ${release.codename} (${release.suite})`,
  );
}

async function fetchIndexes(
  { suite, archive, release }: VerifiedSuite,
  { spec, root, tools }: { spec: AptSpec; root: AptRoot; tools: SourceTools },
): Promise<void> {
  for (const component of spec.components) {
    const own = findIndex(release, `${component}/binary-${spec.architecture}`);
    if (own === undefined) throw unknownComponent({ suite, component, release, spec });
    const all = release.separateAll ? findIndex(release, `${component}/binary-all`) : undefined;
    for (const index of all === undefined ? [own] : [own, all]) {
      const stored = await fetchIndex({ suite, archive, release, index }, tools);
      await place(root, suite, index.path, (file) => symlink(stored, file));
    }
  }
}

type Index = Blob & { readonly path: string };

/** The smallest form that both this tool and apt read. */
function findIndex(release: Release, folder: string): Index | undefined {
  for (const path of ['Packages.xz', 'Packages.gz', 'Packages'].map(
    (name) => `${folder}/${name}`,
  )) {
    const blob = release.indexes.get(path);
    if (blob !== undefined) return { ...blob, path };
  }
  return undefined;
}

async function fetchIndex(
  { suite, archive, release, index }: Omit<VerifiedSuite, 'bytes'> & { readonly index: Index },
  { transfers, store }: SourceTools,
): Promise<string> {
  const { digest, sizeBytes, path } = index;
  const plain = `${archive}/dists/${suite}/${path}`;
  const byHash = `${dirname(plain)}/by-hash/SHA256/${hexOf(digest)}`;
  await transfers.fetch({
    urls: release.byHash ? [byHash, plain] : [plain],
    expected: { digest, sizeBytes },
    maxBytes: sizeBytes,
    label: `${suite} ${path}`,
  });
  const stored = await store.verified(digest);
  if (stored === undefined) throw new Error(`${digest} was fetched and is not in the store`);
  return stored.file;
}

function unknownComponent(asked: {
  readonly suite: string;
  readonly component: string;
  readonly release: Release;
  readonly spec: AptSpec;
}): WireOfflineError {
  const { suite, component, release, spec } = asked;
  const hasComponent = release.components.includes(component);
  const [what, known] = hasComponent
    ? [`architecture ${spec.architecture}`, release.architectures]
    : [`component ${component}`, release.components];
  return new WireOfflineError('APT_COMPONENT_UNKNOWN', {
    message: `suite ${suite}: expected one of ${known.join(', ')}, got ${what}`,
    hint: `change \`${hasComponent ? 'architecture' : 'components'}\` in the recipe`,
  });
}
