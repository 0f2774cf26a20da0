import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Header } from 'tar';
import { endBytes, blockBytes, paddingBytes } from './ustar.js';
import type { ProgramFile } from './program-files.js';

/** The folder that stock tar makes of it. */
const folder = 'wire-offline';

/** Finds its own place, so that it runs wherever it was unpacked, and needs no other program. */
const launcher = `#!/bin/sh
exec "\${0%/*}/node" "\${0%/*}/../artifacts/program/main.js" "$@"
`;

export interface BootstrapParts {
  /** The Node runtime. */
  readonly nodeFile: string;
  readonly program: readonly ProgramFile[];
}

/**
 * `bootstrap.tar`: the Node runtime and this program, for stock tar on a host that has neither. Plain ustar,
 * sorted, without dates or owners: the same bytes for the same files.
 */
export async function* bootstrapTar(parts: BootstrapParts): AsyncGenerator<Uint8Array> {
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
