import { describe, expect, it } from '@jest/globals';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { openNote } from '../../../../../cli/sources/go/note.js';
import { sumDatabaseOf } from '../../../../../cli/sources/go/settings.js';
import { parseHead, parseRecord } from '../../../../../cli/sources/go/sum-database.js';
import { rootWith, tilePath, type Tile } from '../../../../../cli/sources/go/tree.js';

/** What the public database said of a toolchain, as recorded. */
const recorded = `61743986
golang.org/toolchain v0.0.1-go1.26.8.linux-amd64 h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=
golang.org/toolchain v0.0.1-go1.26.8.linux-amd64/go.mod h1:8wlg68NqwW7eMnI1aABk/C2pDYXj8mrMY4TyRfiLeS0=

go.sum database tree
66332798
czPocWFmMwQrSENohgEPvFiqA+2i/3lRZhHbxtma2UQ=

— sum.golang.org Az3grh19zTBOmg0dGOAELF5SP1N/QTSsuYwquERee13uccsbttgwVlS/0MhlHd7IEvb6fQVKmu7XFovf0PT1tKOnHQo=
`;
const { key } = sumDatabaseOf('sum.golang.org');
const { note } = parseRecord(recorded);
const invalid = expect.objectContaining({ code: 'GO_SUM_DATABASE_INVALID' });

describe('the signed head of the Go checksum database', () => {
  it('is read once the signature by the well-known key holds', () => {
    const head = parseHead(openNote(note, key));
    expect(head.size).toBe(66332798);
    expect(head.root.toString('base64')).toBe('czPocWFmMwQrSENohgEPvFiqA+2i/3lRZhHbxtma2UQ=');
  });

  it.each([
    ['a changed size', note.replace('66332798', '66332799')],
    ['a changed signature', note.replace('Az3grh19zTBO', 'Az3grh19zTBP')],
    ['the signature of another name', note.replace('— sum.golang.org', '— sum.example.org')],
    ['no signature', note.slice(0, note.indexOf('—'))],
    ['no blank line', note.replaceAll('\n\n', '\n')],
    ['nothing', ''],
  ])('is refused with %s', (_, changed) => {
    expect(() => openNote(changed, key)).toThrow(invalid);
  });

  it('is refused when another key of the same name signed it', () => {
    const other = noteKey('sum.golang.org');
    expect(() => openNote(other.sign('go.sum database tree\n'), key)).toThrow(invalid);
    expect(openNote(other.sign('text\n'), other.verifier)).toBe('text\n');
  });

  it.each(['sum.golang.org', 'sum.golang.org+033de0ae+AAAA', 'name+00000000+', '+'])(
    'is never read with %j for a key',
    (bad) => {
      expect(() => openNote(note, bad)).toThrow(invalid);
    },
  );
});

describe('a record of the Go checksum database', () => {
  const records = Array.from({ length: 70_000 }, (_, at) => `record ${String(at)}\n`);

  it.each([
    [1, 0],
    [2, 1],
    [7, 4],
    [255, 254],
    [256, 0],
    [257, 256],
    [70_000, 0],
    [70_000, 65_535],
    [70_000, 65_536],
    [70_000, 69_999],
  ])('is proven to be in a log of %d records at place %d', async (size, index) => {
    const leaves = records.slice(0, size).map(leafHash);
    const text = records[index] ?? '';
    const root = await rootWith({ text, index, size }, tilesOf(leaves));
    expect(root).toEqual(rootOf(leaves));
  });

  it('is not in a log that has another one at its place', async () => {
    const leaves = records.slice(0, 1000).map(leafHash);
    const forged = { text: 'record of mine\n', index: 500, size: 1000 };
    expect(await rootWith(forged, tilesOf(leaves))).not.toEqual(rootOf(leaves));
  });

  it.each(['', 'x\ntext\n\nnote', '1\n\nnote', '1\ntext\nnote'])(
    'is refused as the answer %j',
    (answer) => {
      expect(() => parseRecord(answer)).toThrow(invalid);
    },
  );

  it('lies in tiles whose paths are those of the log', () => {
    expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/8/0/x001/x234/067');
    expect(tilePath({ level: 2, index: 5, width: 3 })).toBe('tile/8/2/005.p/3');
  });
});

function noteKey(name: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const data = Buffer.concat([Buffer.of(1), raw]);
  const hash = createHash('sha256').update(`${name}\n`).update(data).digest().subarray(0, 4);
  return {
    verifier: `${name}+${hash.toString('hex')}+${data.toString('base64')}`,
    sign(text: string): string {
      const bytes = Buffer.concat([hash, sign(null, Buffer.from(text), privateKey)]);
      return `${text}\n— ${name} ${bytes.toString('base64')}\n`;
    },
  };
}

function leafHash(text: string): Buffer {
  return createHash('sha256').update(Buffer.of(0)).update(text).digest();
}

function nodeHash(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update(Buffer.of(1)).update(left).update(right).digest();
}

/** The Merkle tree hash as RFC 6962 defines it. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  const [first] = leaves;
  if (first !== undefined && leaves.length === 1) return first;
  let middle = 1;
  while (middle * 2 < leaves.length) middle *= 2;
  return nodeHash(rootOf(leaves.slice(0, middle)), rootOf(leaves.slice(middle)));
}

function tilesOf(leaves: readonly Buffer[]) {
  const unit = (level: number) => 256 ** level;
  return ({ level, index, width }: Tile): Promise<Uint8Array> => {
    const hashes = Array.from({ length: width }, (_, at) => {
      const start = (index * 256 + at) * unit(level);
      const below = leaves.slice(start, start + unit(level));
      if (below.length !== unit(level)) throw new RangeError('a tile has complete subtrees only');
      return rootOf(below);
    });
    return Promise.resolve(Buffer.concat(hashes));
  };
}
