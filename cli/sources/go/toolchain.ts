import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { zipMembers } from '../../bundle/unpack-zip.js';
import { WireOfflineError, hasSystemCode } from '../../errors.js';
import type { StoredBlob } from '../../store/blob-store.js';
import { withScratchFolder } from '../../transport/scratch-folder.js';
import { dirHash, hexOfStream, type HashedFile } from './dirhash.js';
import { fetchInPieces } from './download.js';
import type { GoSettings } from './settings.js';
import type { SourceTools } from '../source.js';

export const toolchainPlatforms = ['linux-amd64', 'linux-arm64'] as const;
export type ToolchainPlatform = (typeof toolchainPlatforms)[number];

export const toolchainModule = 'golang.org/toolchain';

/** The version of the toolchain's module. Source: Go Toolchains, "Downloading toolchains". */
export function toolchainVersion(release: string, platform: ToolchainPlatform): string {
  return `v0.0.1-${release}.${platform}`;
}

/** @throws {WireOfflineError} GO_TOOLCHAIN_UNSUITABLE on a machine that no toolchain is pinned for. */
export function thisPlatform(): ToolchainPlatform {
  if (process.platform === 'linux' && process.arch === 'x64') return 'linux-amd64';
  if (process.platform === 'linux' && process.arch === 'arm64') return 'linux-arm64';
  throw new WireOfflineError('GO_TOOLCHAIN_UNSUITABLE', {
    message: `Go toolchain: expected a machine of ${toolchainPlatforms.join(' or ')}, got ${process.platform} ${process.arch}`,
    hint: 'build on Linux',
  });
}

export interface ToolchainWanted {
  readonly version: string;
  readonly hash: string;
  readonly settings: GoSettings;
  readonly tools: SourceTools;
}

/** A toolchain has 15,000 files in 250 MB. */
const caps = { maxMembers: 100_000, maxBytes: 2 * 1024 * 1024 * 1024 } as const;
const maxZipBytes = 512 * 1024 * 1024;

/**
 * The root of a toolchain whose every byte has the hash that is pinned: unpacked once, hashed again in each run.
 *
 * @throws {WireOfflineError} GO_TOOLCHAIN_MISMATCH, ARCHIVE_UNSAFE, ARCHIVE_INVALID, codes of the transfers.
 */
export async function toolchainRoot(wanted: ToolchainWanted): Promise<string> {
  const { hash, version, tools } = wanted;
  const folder = join(tools.cacheFolder, 'go', 'toolchain');
  const name = `${version}.${Buffer.from(hash.slice('h1:'.length), 'base64').toString('hex')}`;
  const root = join(folder, name);
  const prefix = `${toolchainModule}@${version}/`;
  if ((await hashOfFolder(root, prefix)) === hash) return root;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const zip = await provenZip(wanted, prefix);
  tools.note(`unpacking ${version}`);
  await withScratchFolder(async (scratch) => {
    const unpacked = join(scratch, 'toolchain');
    await unpack({ zip, label: version, prefix, folder: unpacked });
    await rm(root, { recursive: true, force: true });
    await rename(unpacked, root);
  }, folder);
  const got = await hashOfFolder(root, prefix);
  if (got !== hash) throw mismatch(wanted, got ?? 'no files');
  return root;
}

async function provenZip(wanted: ToolchainWanted, prefix: string): Promise<StoredBlob> {
  const { hash, version, settings, tools } = wanted;
  const key = `go toolchain zip 1 ${version} ${hash}`;
  const { zip: kept } = (await tools.store.derived(key)) ?? {};
  const whole = kept && (await tools.store.verified(kept.digest));
  if (whole !== undefined) return whole;
  const path = `${toolchainModule}/@v/${version}.zip`;
  const zip = await fetchInPieces({ path, settings, tools, maxBytes: maxZipBytes });
  const files: HashedFile[] = [];
  for await (const member of zipMembers({ file: zip.file, label: version, ...caps })) {
    if (!member.path.startsWith(prefix)) throw mismatch(wanted, `a file ${member.path}`);
    files.push({ path: member.path, hex: await hexOfStream(await member.open()) });
  }
  const got = dirHash(files);
  if (got !== hash) throw mismatch(wanted, got);
  await tools.store.putDerived(key, { zip });
  return zip;
}

async function unpack(to: {
  readonly zip: StoredBlob;
  readonly label: string;
  readonly prefix: string;
  readonly folder: string;
}): Promise<void> {
  for await (const member of zipMembers({ file: to.zip.file, label: to.label, ...caps })) {
    const path = member.path.slice(to.prefix.length);
    const file = join(to.folder, path);
    await mkdir(dirname(file), { recursive: true });
    await pipeline(await member.open(), createWriteStream(file, { flags: 'wx' }));
    // Zips of modules have no modes. Source: cmd/go/internal/toolchain, allowExec.
    if (/^(?:bin|pkg\/tool)\//.test(path)) await chmod(file, 0o755);
    // No module may hold another one's go.mod, so they travel under another name.
    if (basename(path) === '_go.mod') await copyFile(file, join(dirname(file), 'go.mod'));
  }
}

/** The hash of what was unpacked; nothing where there is no folder, or one with more than plain files. */
async function hashOfFolder(root: string, prefix: string): Promise<string | undefined> {
  try {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    if (entries.some((entry) => !entry.isFile() && !entry.isDirectory())) return undefined;
    const files: HashedFile[] = [];
    for (const entry of entries.filter((one) => one.isFile())) {
      const file = join(entry.parentPath, entry.name);
      files.push({
        path: file.slice(root.length + 1),
        hex: await hexOfStream(createReadStream(file)),
      });
    }
    return dirHash(
      withoutCopies(files).map(({ path, hex }) => ({ path: `${prefix}${path}`, hex })),
    );
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Leaves out each go.mod that is the copy of a `_go.mod` beside it. */
function withoutCopies(files: readonly HashedFile[]): readonly HashedFile[] {
  const travelling = new Map(files.map(({ path, hex }) => [path, hex]));
  return files.filter(
    ({ path, hex }) =>
      basename(path) !== 'go.mod' || travelling.get(join(dirname(path), '_go.mod')) !== hex,
  );
}

function mismatch({ version, hash }: ToolchainWanted, got: string): WireOfflineError {
  return new WireOfflineError('GO_TOOLCHAIN_MISMATCH', {
    message: `Go toolchain ${version}: expected ${hash} as the lock pins it, got ${got}`,
    hint: 'somebody may stand between you and the module proxy: try another one by GOPROXY, and compare the lock with its history',
  });
}
