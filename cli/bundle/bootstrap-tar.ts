import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Header } from 'tar';
import { digestOf, type Blob, type Digest } from '../digest.js';
import { WireOfflineError } from '../errors.js';
import type { BlobStore, StoredBlob } from '../store/blob-store.js';
import { endBytes, blockBytes, paddingBytes } from './ustar.js';
import type { ProgramFile } from './program-files.js';

/** The folder that stock tar makes of it. */
const folder = 'wire-offline';

/** Finds its own place, so that it runs wherever it was unpacked, and needs no other program. */
const launcher = `#!/bin/sh
exec "\${0%/*}/node" "\${0%/*}/../artifacts/program/main.js" "$@"
`;

export interface BootstrapParts {
  /** The Node runtime, a blob of the store. */
  readonly node: Blob;
  readonly program: readonly ProgramFile[];
  readonly store: Pick<BlobStore, 'derived' | 'found' | 'put' | 'putDerived' | 'verified'>;
}

/**
 * `bootstrap.tar` as a blob of the store, made anew only when the runtime or the program is another.
 *
 * @throws {WireOfflineError} STORE_BLOB_CHANGED, STORE_FAILED, DISK_FULL
 */
export async function keepBootstrap({ node, program, store }: BootstrapParts): Promise<StoredBlob> {
  const key = `bootstrap 1 ${digestOf(launcher)} ${node.digest} ${await digestOfFiles(program)}`;
  const { bootstrap: kept } = (await store.derived(key)) ?? {};
  const found = kept && (await store.found(kept));
  if (found !== undefined) return found;
  const runtime = await store.verified(node.digest);
  if (runtime === undefined)
    throw new WireOfflineError('STORE_BLOB_CHANGED', {
      message: `bootstrap: expected the bytes of ${node.digest} in the cache, got none`,
      hint: 'something else writes to the cache: run the command again',
    });
  const bootstrap = await store.put(bootstrapTar({ nodeFile: runtime.file, program }));
  await store.putDerived(key, { bootstrap });
  return bootstrap;
}

async function digestOfFiles(files: readonly ProgramFile[]): Promise<Digest> {
  const lines = await Promise.all(
    files.map(async ({ path, file }) => `${digestOf(await readFile(file))} ${path}\n`),
  );
  return digestOf(lines.join(''));
}

/**
 * The Node runtime and this program, for stock tar on a host that has neither. Plain ustar,
 * sorted, without dates or owners: the same bytes for the same files.
 */
async function* bootstrapTar(parts: {
  readonly nodeFile: string;
  readonly program: readonly ProgramFile[];
}): AsyncGenerator<Uint8Array> {
  const text = Buffer.from(launcher);
  yield header({ path: 'bin/wire-offline', sizeBytes: text.length, mode: 0o755 });
  yield* padded(text);
  yield* entry({ path: 'bin/node', file: parts.nodeFile }, 0o755);
  for (const file of parts.program) yield* entry(file, 0o644);
  yield new Uint8Array(endBytes);
}

async function* entry({ path, file }: ProgramFile, mode: number): AsyncGenerator<Uint8Array> {
  const { size: sizeBytes } = await stat(file);
  yield header({ path, sizeBytes, mode });
  let readBytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('a stream of bytes gave text');
    readBytes += chunk.byteLength;
    yield chunk;
  }
  if (readBytes !== sizeBytes) throw new Error(`${file}: changed while it was read`);
  yield new Uint8Array(paddingBytes(sizeBytes));
}

function* padded(bytes: Uint8Array): Generator<Uint8Array> {
  yield bytes;
  yield new Uint8Array(paddingBytes(bytes.byteLength));
}

interface Entry {
  readonly path: string;
  readonly sizeBytes: number;
  readonly mode: number;
}

/** A ustar header; a path that does not fit into its name and prefix fields has none. */
function header({ path, sizeBytes, mode }: Entry): Uint8Array {
  const block = Buffer.alloc(blockBytes);
  const fields = new Header({
    ...{ path: `${folder}/${path}`, mode, size: sizeBytes, type: 'File' },
    ...{ uid: 0, gid: 0, uname: '', gname: '', mtime: new Date(0) },
  });
  if (fields.encode(block)) throw new Error(`${path}: does not fit into a ustar header`);
  return block;
}
