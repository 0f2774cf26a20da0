import { createHash } from 'node:crypto';
import { rm, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Digest } from '../digest.js';
import { WireOfflineError } from '../errors.js';
import type { ByteProgress } from '../ui/progress.js';
import { BlockSink, writeAll } from './block-sink.js';
import { inOutputFolder, isThere, writeOutput } from './output-file.js';
import {
  encodePartHeader,
  maxParts,
  openPart,
  partHeaderBytes,
  partRange,
  type PartHeader,
} from './part.js';
import { hashRange, type FileRange } from './hash-range.js';
import type { Bundle } from './reader.js';

export interface SplitOptions {
  /** No part is larger, its header included. */
  readonly maxPartBytes: number;
  /** The folder for the parts; made where there is none. */
  readonly out: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ByteProgress) => void;
}

export interface WrittenPart {
  readonly file: string;
  readonly sizeBytes: number;
  readonly digest: Digest;
}

type Splittable = Pick<Bundle<unknown>, 'handle' | 'file' | 'sizeBytes' | 'identity'>;

/**
 * Cuts a bundle into parts for media. A part that an earlier run left whole is kept; where this run fails, the
 * parts and folders that it made are removed.
 *
 * @throws {WireOfflineError} USAGE_INVALID for more than 9999 parts, OUTPUT_EXISTS where something else has a
 * part's name, DISK_FULL, OUTPUT_NOT_WRITABLE; the signal's reason.
 */
export async function splitBundle(
  bundle: Splittable,
  options: SplitOptions,
): Promise<readonly WrittenPart[]> {
  const partSize = options.maxPartBytes - partHeaderBytes;
  const count = Math.ceil(bundle.sizeBytes / partSize);
  if (count > maxParts) throw tooMany(count);
  return await inOutputFolder(options.out, () =>
    writeParts(bundle, { ...options, partSize, count }),
  );
}

async function writeParts(
  bundle: Splittable,
  options: SplitOptions & { readonly partSize: number; readonly count: number },
): Promise<readonly WrittenPart[]> {
  const { partSize, count } = options;
  const parts: WrittenPart[] = [];
  const made: string[] = [];
  const see = progressOf(bundle, options);
  try {
    for (let number = 1; number <= count; number++) {
      const common = {
        type: 'wire-offline-part',
        schemaVersion: 1,
        bundle: bundle.identity,
      } as const;
      const draft = { ...common, number, count, partSize, bundleSize: bundle.sizeBytes };
      const file = join(options.out, partName(bundle.file, number, count));
      const kept = await keptPart(bundle, { file, draft, see });
      parts.push(kept ?? (await writePart(bundle, { file, draft, see })));
      if (kept === undefined) made.push(file);
    }
  } catch (error) {
    for (const file of made) await rm(file, { force: true });
    throw error;
  }
  return parts;
}

/** `island.bundle.part-003-of-120`: names sort as the parts do. */
function partName(bundle: string, number: number, count: number): string {
  const digits = String(count).length;
  return `${basename(bundle)}.part-${String(number).padStart(digits, '0')}-of-${String(count)}`;
}

function progressOf(
  { sizeBytes: totalBytes }: Splittable,
  { signal, onProgress }: SplitOptions,
): (bytes: Uint8Array) => void {
  let doneBytes = 0;
  return (bytes) => {
    signal.throwIfAborted();
    doneBytes += bytes.length;
    onProgress?.({ doneBytes, totalBytes });
  };
}

interface PartPlan {
  readonly file: string;
  readonly draft: Omit<PartHeader, 'digest'>;
  readonly see: (bytes: Uint8Array) => void;
}

async function writePart(
  { handle: source }: Splittable,
  { file, draft, see }: PartPlan,
): Promise<WrittenPart> {
  const range = partRange(draft);
  return await writeOutput({ file }, async (target) => {
    const digest = await copyBody({ source, target, range, see });
    await writeAll(target, encodePartHeader({ ...draft, digest }), 0);
    return { file, sizeBytes: partHeaderBytes + range.sizeBytes, digest };
  });
}

/** The header comes first in the file and last in time: it holds the hash of what follows it. */
async function copyBody(copy: {
  readonly source: FileHandle;
  readonly target: FileHandle;
  readonly range: FileRange;
  readonly see: (bytes: Uint8Array) => void;
}): Promise<Digest> {
  const { source, target, range, see } = copy;
  const sink = new BlockSink(target);
  await sink.append(new Uint8Array(partHeaderBytes));
  const hash = createHash('sha256');
  await sink.appendFrom(source, range, (bytes) => {
    hash.update(bytes);
    see(bytes);
  });
  await sink.end();
  return `sha256:${hash.digest('hex')}`;
}

/** The part that is there already, where it is this very one to the byte. */
async function keptPart(
  { handle: source }: Splittable,
  { file, draft, see }: PartPlan,
): Promise<WrittenPart | undefined> {
  if (!(await isThere(file))) return undefined;
  const range = partRange(draft);
  const digest = await hashRange(source, range, see);
  const { handle, header, sizeBytes } = await openPart(file);
  try {
    const same = Buffer.from(encodePartHeader(header)).equals(
      encodePartHeader({ ...draft, digest }),
    );
    const body = { start: partHeaderBytes, sizeBytes };
    if (same && (await hashRange(handle, body)) === digest)
      return { file, sizeBytes: partHeaderBytes + sizeBytes, digest };
  } finally {
    await handle.close();
  }
  throw new WireOfflineError('OUTPUT_EXISTS', {
    message: `part ${file}: expected no such file or this very part, got another`,
    hint: 'name another folder, or move this file away',
  });
}

function tooMany(count: number): WireOfflineError {
  return new WireOfflineError('USAGE_INVALID', {
    message: `parts: expected at most ${String(maxParts)}, got ${String(count)}`,
    hint: 'choose a larger --size',
  });
}
