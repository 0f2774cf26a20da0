import { createHash } from 'node:crypto';

/** Reads one tile: hashes of 32 bytes each, one after the other. */
export type ReadTile = (tile: Tile) => Promise<Uint8Array>;

/** 2^8 hashes of one level, or the first `width` of them. Source: golang.org/x/mod/sumdb/tlog, Tile. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

const tileWidth = 256;
const hashBytes = 32;

/** The tile's path below the database: three digits at a time, `x` before all but the last. */
export function tilePath({ level, index, width }: Tile): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) ?? [];
  const name = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/8/${String(level)}/${name}${width === tileWidth ? '' : `.p/${String(width)}`}`;
}

/**
 * The root of the tree of `size` records as it must be if `record` is its record number `index`: equal to the
 * signed root, it proves that the record is in the log. Source: RFC 6962, 2.1.
 */
export async function rootWith(
  record: { readonly text: string; readonly index: number; readonly size: number },
  readTile: ReadTile,
): Promise<Buffer> {
  const tree = new Tree(record.size, readTile);
  const leaf = sha256(Buffer.of(0), Buffer.from(record.text));
  return tree.withLeaf({ leaf, index: record.index }, 0, record.size);
}

class Tree {
  readonly #size: number;
  readonly #readTile: ReadTile;
  readonly #tiles = new Map<string, Promise<Uint8Array>>();

  constructor(size: number, readTile: ReadTile) {
    this.#size = size;
    this.#readTile = readTile;
  }

  /** The hash of the records from `from` up to `to`, one of them being the leaf. */
  async withLeaf(
    at: { readonly leaf: Buffer; readonly index: number },
    from: number,
    to: number,
  ): Promise<Buffer> {
    if (to - from === 1) return at.leaf;
    const middle = from + powerBelow(to - from);
    return at.index < middle
      ? node(await this.withLeaf(at, from, middle), await this.#hash(middle, to))
      : node(await this.#hash(from, middle), await this.withLeaf(at, middle, to));
  }

  async #hash(from: number, to: number): Promise<Buffer> {
    const count = to - from;
    if (Number.isInteger(Math.log2(count)) && from % count === 0) return this.#stored(from, count);
    const middle = from + powerBelow(count);
    return node(await this.#hash(from, middle), await this.#hash(middle, to));
  }

  /** A complete subtree of `count` records: tiles hold the hashes of every eighth level, the others follow. */
  async #stored(from: number, count: number): Promise<Buffer> {
    const level = Math.floor(Math.log2(count) / 8);
    const unit = tileWidth ** level;
    const index = Math.floor(from / unit / tileWidth);
    const width = Math.min(tileWidth, Math.floor(this.#size / unit) - index * tileWidth);
    const bytes = await this.#tile({ level, index, width });
    const first = from / unit - index * tileWidth;
    const hashes = Array.from({ length: count / unit }, (_, at) => {
      const start = (first + at) * hashBytes;
      return Buffer.from(bytes.subarray(start, start + hashBytes));
    });
    return merge(hashes);
  }

  #tile(tile: Tile): Promise<Uint8Array> {
    const path = tilePath(tile);
    const tiles = this.#tiles;
    const read = tiles.get(path) ?? this.#readTile(tile);
    tiles.set(path, read);
    return read;
  }
}

function merge(hashes: readonly Buffer[]): Buffer {
  const [first, ...rest] = hashes;
  if (first === undefined) throw new RangeError('a subtree has at least one hash');
  if (rest.length === 0) return first;
  const middle = hashes.length / 2;
  return node(merge(hashes.slice(0, middle)), merge(hashes.slice(middle)));
}

function node(left: Buffer, right: Buffer): Buffer {
  return sha256(Buffer.of(1), left, right);
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The largest power of two below a count of two or more. */
function powerBelow(count: number): number {
  return 2 ** (Math.ceil(Math.log2(count)) - 1);
}
