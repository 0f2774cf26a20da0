import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Digest } from '../digest.js';
import { WireOfflineError, type ErrorCode, type Problem } from '../errors.js';
import type { ByteProgress } from '../ui/progress.js';
import { BlockSink } from './block-sink.js';
import { writeOutput } from './output-file.js';
import { openPart, partHeaderBytes, type Part } from './part.js';

export interface JoinOptions {
  readonly parts: readonly string[];
  readonly out: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ByteProgress) => void;
  /**
   * Judges the joined file before it gets its name, given the temporary path and the identity that the parts state.
   */
  readonly judge: (temporary: string, identity: Digest) => Promise<void>;
}

type OpenPart = Part & { readonly handle: FileHandle };

/**
 * Puts parts together, in whatever order they are named; the parts stay as they are.
 *
 * @throws {WireOfflineError} PART_INVALID, PART_FOREIGN, PART_DUPLICATE, PART_MISSING or PART_DIGEST_MISMATCH, each
 * naming every part that is so; INPUT_UNREADABLE, OUTPUT_EXISTS, DISK_FULL, OUTPUT_NOT_WRITABLE; whatever `judge`
 * throws; the signal's reason.
 */
export async function joinParts(
  options: JoinOptions,
): Promise<{ readonly identity: Digest; readonly sizeBytes: number }> {
  const opened: OpenPart[] = [];
  try {
    for (const file of options.parts) opened.push(await openPart(file));
    const first = completeSet(opened);
    const { bundle: identity, bundleSize: sizeBytes } = first.header;
    await writeOutput({ file: options.out }, async (target, temporary) => {
      await copyParts(opened, target, options);
      await options.judge(temporary, identity);
    });
    return { identity, sizeBytes };
  } finally {
    for (const { handle } of opened) await handle.close();
  }
}

/** Sorts the parts and refuses what is not exactly one whole set; gives the first. */
function completeSet(parts: OpenPart[]): OpenPart {
  refuseForeign(parts);
  parts.sort((left, right) => left.header.number - right.header.number);
  const doubled = parts.filter(
    ({ header }, index) => header.number === parts[index - 1]?.header.number,
  );
  refuse('PART_DUPLICATE', 'each part once', doubled.map(named));
  const [first] = parts;
  const numbers = new Set(parts.map(({ header }) => header.number));
  const missing = Array.from({ length: first?.header.count ?? 1 }, (_, index) => index + 1)
    .filter((number) => !numbers.has(number))
    .map((number) => ({ where: `part ${String(number)}`, expected: 'it', got: 'none' }));
  refuse('PART_MISSING', 'all parts', missing);
  if (first === undefined) throw new TypeError('join: no parts');
  return first;
}

/** Parts of another bundle, or of this one cut in another way; most of what was named decides which it is. */
function refuseForeign(parts: readonly OpenPart[]): void {
  const sets = new Map<string, OpenPart[]>();
  for (const part of parts) {
    const { bundle, count, partSize, bundleSize } = part.header;
    const key = [bundle, count, partSize, bundleSize].join(' ');
    sets.set(key, [...(sets.get(key) ?? []), part]);
  }
  const [, ...others] = [...sets.values()].sort((left, right) => right.length - left.length);
  refuse('PART_FOREIGN', 'parts of one bundle, cut at once', others.flat().map(named));
}

async function copyParts(
  parts: readonly OpenPart[],
  target: FileHandle,
  { signal, onProgress }: JoinOptions,
): Promise<void> {
  const sink = new BlockSink(target);
  const totalBytes = parts[0]?.header.bundleSize ?? 0;
  const bad: Problem[] = [];
  for (const { file, handle, header, sizeBytes } of parts) {
    const hash = createHash('sha256');
    const copied = await sink.appendFrom(handle, { start: partHeaderBytes, sizeBytes }, (bytes) => {
      signal.throwIfAborted();
      hash.update(bytes);
      onProgress?.({ doneBytes: sink.position, totalBytes });
    });
    const got = `sha256:${hash.digest('hex')}`;
    if (copied !== sizeBytes || got !== header.digest)
      bad.push({ where: file, expected: header.digest, got });
  }
  await sink.end();
  refuse('PART_DIGEST_MISMATCH', 'every part as it was cut', bad);
}

function named({ file, header }: OpenPart): Problem {
  const got = `part ${String(header.number)} of ${String(header.count)} of ${header.bundle}`;
  return { where: file, expected: 'another part of the same set', got };
}

function refuse(code: ErrorCode, expected: string, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  throw new WireOfflineError(code, {
    message: `parts: expected ${expected}`,
    problems,
    hint: 'the parts are as they were: copy or add those named and join again',
  });
}
