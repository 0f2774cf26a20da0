import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hashBlobs } from '../../../cli/bundle/hash-blobs.js';
import { openBundle } from '../../../cli/bundle/reader.js';
import { blockBytes, endBytes } from '../../../cli/bundle/ustar.js';
import { makeSmallBundle, never, tarOf, type SmallBundle } from '../../helpers/bundles.js';
import { codeOf } from '../../helpers/codes.js';
import {
  nameOf,
  rawEntry,
  readEntries,
  withHeader,
  writeEntries,
  type RawEntry,
} from '../../helpers/tamper.js';
import { createWorld, type World } from '../../helpers/world.js';

let world: World;
let bundle: SmallBundle;
let entries: readonly RawEntry[];

beforeAll(async () => {
  world = await createWorld();
  bundle = await makeSmallBundle(world);
  entries = await readEntries(bundle.file);
});

afterAll(() => world.remove());

/** What a reader says who trusts the head and hashes every blob. */
async function verdict(file: string): Promise<string> {
  return codeOf(
    (async () => {
      const opened = await openBundle(file, () => Promise.resolve());
      try {
        await hashBlobs(opened, { signal: never });
      } finally {
        await opened.close();
      }
    })(),
  );
}

async function verdictOf(tampered: readonly RawEntry[], end?: Uint8Array): Promise<string> {
  const file = join(world.work, 'tampered.bundle');
  await writeEntries(file, tampered, end);
  return verdict(file);
}

function replaced(index: number, change: (entry: RawEntry) => RawEntry): RawEntry[] {
  return entries.map((entry, position) => (position === index ? change(entry) : entry));
}

function inserted(index: number, ...more: RawEntry[]): RawEntry[] {
  return [...entries.slice(0, index), ...more, ...entries.slice(index)];
}

function typed(type: string, entry: RawEntry): RawEntry {
  return withHeader(entry, (header) => header.write(type, 156, 'latin1'));
}

describe('the structure of a bundle', () => {
  it('is what the writer wrote, to the byte', async () => {
    const file = join(world.work, 'same.bundle');
    await writeEntries(file, entries);
    expect((await readFile(file)).equals(await readFile(bundle.file))).toBe(true);
    expect(await verdict(file)).toBe('none');
  });

  it('holds the entries in the order that the format says', () => {
    const names = entries.map(nameOf);
    const fixed = ['bundle.json', 'bundle.sigs', 'oci-layout', 'index.json', 'bootstrap.tar'];
    expect(names.slice(0, 5)).toEqual(fixed);
    expect(names.slice(5)).toEqual([...names.slice(5)].sort());
    expect(names.slice(5).every((name) => /^blobs\/sha256\/[0-9a-f]{64}$/.test(name))).toBe(true);
  });

  it('shows an entry that the document does not list', async () => {
    const extra = rawEntry(`blobs/sha256/${'f'.repeat(64)}`, Buffer.from('x'));
    expect(await verdictOf([...entries, extra])).toBe('BUNDLE_ENTRY_UNKNOWN');
    expect(await verdictOf(inserted(4, rawEntry('manifest.json', Buffer.from('[]'))))).toBe(
      'BUNDLE_ENTRY_UNKNOWN',
    );
  });

  it('shows an entry that is missing, whichever it is', async () => {
    for (let index = 2; index < entries.length; index++) {
      const code = await verdictOf(entries.filter((_, position) => position !== index));
      const last = index === entries.length - 1;
      expect(code).toBe(last ? 'BUNDLE_ENTRY_MISSING' : 'BUNDLE_ENTRY_ORDER');
    }
  });

  it('shows an entry that comes twice', async () => {
    const layout = entries[2];
    if (layout === undefined) throw new TypeError('no oci-layout');
    expect(await verdictOf(inserted(3, layout))).toBe('BUNDLE_ENTRY_DUPLICATE');
    expect(await verdictOf([...entries, layout])).toBe('BUNDLE_ENTRY_DUPLICATE');
  });

  it('shows entries in another order', async () => {
    const [document, signatures, layout, index, ...rest] = entries;
    const swapped = [document, signatures, index, layout, ...rest].flatMap((entry) => entry ?? []);
    expect(await verdictOf(swapped)).toBe('BUNDLE_ENTRY_ORDER');
  });

  it('shows an entry of another size', async () => {
    const grown = replaced(5, (entry) =>
      rawEntry(nameOf(entry), Buffer.concat([entry.bytes, Buffer.from('x')])),
    );
    expect(await verdictOf(grown)).toBe('BUNDLE_ENTRY_SIZE');
  });

  it('shows bytes after the end, zeros too', async () => {
    for (const tail of [Buffer.from('x'), Buffer.alloc(blockBytes), Buffer.alloc(10_240)])
      expect(await verdictOf(entries, Buffer.concat([Buffer.alloc(endBytes), tail]))).toBe(
        'BUNDLE_TRAILING_BYTES',
      );
  });

  it('shows a second archive behind the first', async () => {
    const again = Buffer.concat([Buffer.alloc(endBytes), await readFile(bundle.file)]);
    expect(await verdictOf(entries, again)).toBe('BUNDLE_TRAILING_BYTES');
  });

  it('shows a lone zero block', async () => {
    expect(await verdictOf(entries, Buffer.alloc(blockBytes))).toBe('BUNDLE_TRUNCATED');
    const entry = Buffer.concat([Buffer.alloc(blockBytes), Buffer.alloc(blockBytes, 1)]);
    expect(await verdictOf(entries, entry)).toBe('BUNDLE_TRAILING_BYTES');
  });

  it('shows a file that was cut off anywhere', async () => {
    const whole = await readFile(bundle.file);
    const file = join(world.work, 'cut.bundle');
    const places = [600, 5000, 70_000, 80_000, whole.length - 1500, whole.length - 1];
    for (const length of places) {
      await writeFile(file, whole);
      await truncate(file, length);
      expect(await verdict(file)).toBe('BUNDLE_TRUNCATED');
    }
  });

  it.each([
    ['an empty file', Buffer.alloc(0)],
    ['less than a block', Buffer.from('bundle.json')],
    ['zeros', Buffer.alloc(4096)],
    ['another tar', tarOf([{ name: 'manifest.json', bytes: Buffer.from('[]') }])],
    ['random text', Buffer.alloc(2048, 'wire')],
  ])('is not seen in %s', async (_, bytes) => {
    const file = join(world.work, 'other');
    await writeFile(file, bytes);
    expect(await verdict(file)).toBe('BUNDLE_UNRECOGNISED');
  });

  it('shows any byte flipped outside the head', async () => {
    for (let index = 2; index < entries.length; index++) {
      for (const part of ['header', 'bytes', 'padding'] as const) {
        if (entries[index]?.[part].length === 0) continue;
        const code = await verdictOf(
          replaced(index, (entry) => {
            const bytes = Buffer.from(entry[part]);
            const at = Math.floor(bytes.length / 2);
            bytes[at] = (bytes[at] ?? 0) ^ 1;
            return { ...entry, [part]: bytes };
          }),
        );
        expect(code).toBe(part === 'bytes' ? 'BLOB_DIGEST_MISMATCH' : 'BUNDLE_TAR_INVALID');
      }
    }
  });

  it('names every bad entry at once', async () => {
    const file = join(world.work, 'tampered.bundle');
    await writeEntries(
      file,
      entries.map((entry, index) =>
        index < 5 ? entry : { ...entry, bytes: Buffer.alloc(entry.bytes.length, 'x') },
      ),
    );
    const opened = await openBundle(file, () => Promise.resolve());
    const bad = hashBlobs(opened, { signal: never }).finally(() => opened.close());
    await expect(bad).rejects.toMatchObject({
      code: 'BLOB_DIGEST_MISMATCH',
      problems: entries.slice(5).map((entry) => ({ where: nameOf(entry) })),
    });
  });
});

describe('what tar can hold and a bundle cannot', () => {
  it.each([
    ['a hard link', '1'],
    ['a symbolic link', '2'],
    ['a device', '3'],
    ['a folder', '5'],
    ['a fifo', '6'],
  ])('%s in the place of a blob is refused', async (_, type) => {
    expect(await verdictOf(replaced(6, (entry) => typed(type, entry)))).toBe('BUNDLE_TAR_INVALID');
  });

  it('a symbolic link and then a file through it are refused', async () => {
    const link = withHeader(typed('2', rawEntry('blobs', Buffer.alloc(0))), (header) =>
      header.write('/tmp', 157, 'latin1'),
    );
    expect(await verdictOf(inserted(2, link))).toBe('BUNDLE_TAR_INVALID');
    expect(await verdictOf([...entries, link])).toBe('BUNDLE_TAR_INVALID');
  });

  it('a PAX record that states another size than the header (TARmageddon) is refused', async () => {
    const hidden = tarOf([{ name: 'evil', bytes: Buffer.from('evil') }]);
    const record = Buffer.from(
      `${String(String(hidden.length).length + 8)} size=${String(hidden.length)}\n`,
    );
    const pax = typed('x', rawEntry('PaxHeader/x', record));
    expect(await verdictOf(inserted(5, pax))).toBe('BUNDLE_TAR_INVALID');
    expect(await verdictOf(inserted(5, typed('g', pax)))).toBe('BUNDLE_TAR_INVALID');
  });

  it('a GNU long name is refused', async () => {
    const long = typed('L', rawEntry('././@LongLink', Buffer.from(`${'../'.repeat(50)}x\0`)));
    expect(await verdictOf(inserted(5, long))).toBe('BUNDLE_TAR_INVALID');
  });

  it('a record that states two gigabytes is refused before any of them is held', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const giant = withHeader(typed('x', rawEntry('PaxHeader/x', Buffer.alloc(0))), (header) =>
      header.write('20000000000', 124, 'latin1'),
    );
    expect(await verdictOf(inserted(2, giant))).toBe('BUNDLE_TAR_INVALID');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
  });

  it('a bundle.json that states two gigabytes is refused before any of them is held', async () => {
    const giant = replaced(0, (entry) =>
      withHeader(entry, (header) => header.write('20000000000', 124, 'latin1')),
    );
    expect(await verdictOf(giant)).toBe('BUNDLE_TAR_INVALID');
  });

  it.each(['../x', '/abs', 'blobs/sha256/../../x', 'BUNDLE.JSON', 'OCI-LAYOUT'])(
    'an entry named %j is refused',
    async (name) => {
      expect(await verdictOf(inserted(4, rawEntry(name, Buffer.from('x'))))).toBe(
        'BUNDLE_ENTRY_UNKNOWN',
      );
    },
  );

  it('a name split over the prefix field is refused', async () => {
    const prefixed = withHeader(rawEntry('x', Buffer.alloc(0)), (header) =>
      header.write('../..', 345, 'latin1'),
    );
    expect(await verdictOf(inserted(4, prefixed))).toBe('BUNDLE_TAR_INVALID');
  });

  it('a bundle.sigs of another size is refused', async () => {
    const small = replaced(1, () => rawEntry('bundle.sigs', Buffer.alloc(512)));
    expect(await verdictOf(small)).toBe('BUNDLE_TAR_INVALID');
  });

  it('a bundle that another tar appended to is refused', async () => {
    const file = join(world.work, 'appended.bundle');
    await writeFile(file, await readFile(bundle.file));
    await appendFile(file, tarOf([{ name: 'x', bytes: Buffer.from('x') }]));
    expect(await verdict(file)).toBe('BUNDLE_TRAILING_BYTES');
  });
});
