import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { parseJson } from '../input/json.js';
import { digestSchema } from '../digest.js';
import { WireOfflineError } from '../errors.js';
import { canonicalBytes, isCanonical } from './canonical-json.js';
import { openInput, readAt } from './input-file.js';

/** What stands before the bytes of a part: canonical JSON, then zeros. */
export const partHeaderBytes = 4096;

export const maxParts = 9999;

const headerSchema = z.strictObject({
  type: z.literal('wire-offline-part'),
  schemaVersion: z.literal(1),
  /** The identity of the bundle that it is a part of. */
  bundle: digestSchema,
  /** From 1 on. */
  number: z.int().min(1).max(maxParts),
  count: z.int().min(1).max(maxParts),
  /** The bytes of the bundle that each part but the last one carries. */
  partSize: z.int().min(1),
  /** The size of the whole bundle. */
  bundleSize: z.int().min(1),
  /** Of the bytes that this part carries. */
  digest: digestSchema,
});

export type PartHeader = Readonly<z.infer<typeof headerSchema>>;

/** A part whose header could be read. */
export interface Part {
  readonly file: string;
  readonly header: PartHeader;
  /** Which bytes of the bundle it carries. */
  readonly start: number;
  readonly sizeBytes: number;
}

/** Which bytes of the bundle a part carries. */
export function partRange({
  number,
  partSize,
  bundleSize,
}: Pick<PartHeader, 'number' | 'partSize' | 'bundleSize'>): {
  readonly start: number;
  readonly sizeBytes: number;
} {
  const start = (number - 1) * partSize;
  return { start, sizeBytes: Math.min(partSize, bundleSize - start) };
}

export function encodePartHeader(header: PartHeader): Uint8Array {
  const block = new Uint8Array(partHeaderBytes);
  block.set(canonicalBytes(header));
  return block;
}

/**
 * Opens a part and reads its header; the file's size must be what the header says. Close the handle when done.
 *
 * @throws {WireOfflineError} INPUT_UNREADABLE, PART_INVALID
 */
export async function openPart(file: string): Promise<Part & { readonly handle: FileHandle }> {
  const { handle, sizeBytes } = await openInput(file);
  try {
    const header = decodePartHeader(await readAt(handle, { start: 0, sizeBytes: partHeaderBytes }));
    if (header === undefined) throw invalid(file, 'the header of a part', 'something else');
    const range = partRange(header);
    const expected = partHeaderBytes + range.sizeBytes;
    if (sizeBytes !== expected)
      throw invalid(file, `${String(expected)} bytes`, `${String(sizeBytes)} bytes`);
    return { file, header, ...range, handle };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function decodePartHeader(block: Buffer): PartHeader | undefined {
  const end = block.indexOf(0);
  if (block.length < partHeaderBytes || end === -1) return undefined;
  if (block.subarray(end).some((byte) => byte !== 0)) return undefined;
  const value = parseJson(block.toString('utf8', 0, end));
  const parsed = headerSchema.safeParse(value);
  if (!parsed.success || !isCanonical(block.subarray(0, end), value)) return undefined;
  const { number, count, partSize, bundleSize } = parsed.data;
  const consistent = number <= count && count === Math.ceil(bundleSize / partSize);
  return consistent ? parsed.data : undefined;
}

function invalid(file: string, expected: string, got: string): WireOfflineError {
  return new WireOfflineError('PART_INVALID', {
    message: `part ${file}: expected ${expected}, got ${got}`,
    hint: 'copy this part again, or leave it out where it is something else',
  });
}
