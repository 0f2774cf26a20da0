import { copyFile, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { BundleHead } from '../../../cli/bundle/document.js';
import { fileComponent, makeSigner, makeSmallBundle } from '../../helpers/bundles.js';
import {
  at,
  rawEntry,
  readEntries,
  resign,
  withHeader,
  writeEntries,
  type Loose,
  type RawEntry,
} from '../../helpers/tamper.js';
import type { World } from '../../helpers/world.js';
import type { BadInput } from './row.js';

const name = 'small.bundle';

/** A good bundle in the working folder, with a key that the world's trust folder accepts. */
function good(head: Partial<BundleHead> = {}) {
  return async (world: World): Promise<void> => {
    await makeSmallBundle(world, { head });
  };
}

/** The good bundle with its entries changed. */
function tampered(change: (entries: readonly RawEntry[]) => readonly RawEntry[], end?: Uint8Array) {
  return async (world: World): Promise<void> => {
    await makeSmallBundle(world);
    const file = join(world.work, name);
    await writeEntries(file, change(await readEntries(file)), end);
  };
}

/** The good bundle with its document changed and signed again by the same key. */
function resigned(change: (document: Loose) => unknown) {
  return async (world: World): Promise<void> => {
    const sign = await makeSigner(world);
    await makeSmallBundle(world, { sign });
    const file = join(world.work, name);
    await writeEntries(file, await resign(await readEntries(file), sign, change));
  };
}

function flipped(index: number): (entries: readonly RawEntry[]) => readonly RawEntry[] {
  return (entries) =>
    entries.map((entry, position) => {
      if (position !== index) return entry;
      const bytes = Buffer.from(entry.bytes);
      const middle = Math.floor(bytes.length / 2);
      bytes[middle] = (bytes[middle] ?? 0) ^ 1;
      return { ...entry, bytes };
    });
}

type Judged = Pick<BadInput, 'code' | 'says'> & Pick<Required<BadInput>, 'title' | 'arrange'>;

function verify(row: Judged, ...flags: readonly string[]): BadInput {
  return { ...row, argv: ['verify', name, ...flags], exitStatus: 4 };
}

/** What can be wrong with a bundle file. */
export const bundleRows: readonly BadInput[] = [
  verify({
    title: 'a file that is no bundle is refused',
    arrange: async (world) => {
      await makeSmallBundle(world);
      await writeFile(join(world.work, name), 'hello');
    },
    code: 'BUNDLE_UNRECOGNISED',
    says: ['something else'],
  }),
  verify({
    title: 'a bundle that was cut off is refused',
    arrange: async (world) => {
      await makeSmallBundle(world);
      await truncate(join(world.work, name), 500_000);
    },
    code: 'BUNDLE_TRUNCATED',
    says: ['copy the file again'],
  }),
  verify({
    title: 'a byte flipped in bundle.json is refused by the signatures',
    arrange: tampered(flipped(0)),
    code: 'SIGNATURE_INVALID',
    says: ['bundle'],
  }),
  ...[2, 3].map((index) =>
    verify(
      {
        title: `a byte flipped in entry ${String(index)} is refused with the head`,
        arrange: tampered(flipped(index)),
        code: 'BLOB_DIGEST_MISMATCH',
        says: [index === 2 ? 'oci-layout' : 'index.json'],
      },
      '--head-only',
    ),
  ),
  verify({
    title: 'a byte flipped in bootstrap.tar is refused',
    arrange: tampered(flipped(4)),
    code: 'BLOB_DIGEST_MISMATCH',
    says: ['bootstrap.tar'],
  }),
  verify({
    title: 'a byte flipped in a blob is refused, with its name',
    arrange: tampered(flipped(7)),
    code: 'BLOB_DIGEST_MISMATCH',
    says: [/blobs\/sha256\/[0-9a-f]{64}/],
  }),
  verify({
    title: 'an extra entry is refused',
    arrange: tampered((entries) => [...entries, rawEntry('../../x', Buffer.from('x'))]),
    code: 'BUNDLE_ENTRY_UNKNOWN',
    says: ['../../x'],
  }),
  verify({
    title: 'a missing entry is refused',
    arrange: tampered((entries) => entries.slice(0, -1)),
    code: 'BUNDLE_ENTRY_MISSING',
    says: ['the end'],
  }),
  verify({
    title: 'an entry that comes twice is refused',
    arrange: tampered((entries) => [...entries, ...entries.slice(-1)]),
    code: 'BUNDLE_ENTRY_DUPLICATE',
    says: ['again'],
  }),
  verify({
    title: 'entries in another order are refused',
    arrange: tampered((entries) => [
      ...entries.slice(0, 2),
      ...entries.slice(3, 4),
      ...entries.slice(2, 3),
      ...entries.slice(4),
    ]),
    code: 'BUNDLE_ENTRY_ORDER',
    says: ['oci-layout', 'index.json'],
  }),
  verify({
    title: 'bytes after the end are refused',
    arrange: tampered((entries) => entries, Buffer.concat([Buffer.alloc(1024), Buffer.from('x')])),
    code: 'BUNDLE_TRAILING_BYTES',
    says: ['bytes'],
  }),
  ...['1', '2', '5', 'x', 'g', 'L'].map((type) =>
    verify({
      title: `a tar record of type ${type} is refused`,
      arrange: tampered((entries) => [
        ...entries.slice(0, 5),
        withHeader(rawEntry('x', Buffer.alloc(512)), (header) => header.write(type, 156, 'latin1')),
        ...entries.slice(5),
      ]),
      code: 'BUNDLE_TAR_INVALID',
      says: [/link|folder|PAX|GNU/],
    }),
  ),
  verify({
    title: 'an unknown schemaVersion is refused',
    arrange: resigned((document) => {
      document['schemaVersion'] = 2;
    }),
    code: 'BUNDLE_SCHEMA_UNKNOWN',
    says: ['schemaVersion 1', '2'],
  }),
  verify({
    title: 'a document that is not canonical is refused',
    arrange: resigned((document) => Buffer.from(JSON.stringify(document, null, 1))),
    code: 'BUNDLE_NOT_CANONICAL',
    says: ['RFC 8785'],
  }),
  ...(['../x', '/abs', 'a\0b', 'x'.repeat(4096), 'DOC', 'caf\u00e9'] as const).map((bad) =>
    verify({
      title: `a component named ${JSON.stringify(bad.slice(0, 20))} is refused`,
      arrange: resigned((document) => {
        at(document, 'components', 1)['name'] = bad;
      }),
      code: 'BUNDLE_DOCUMENT_INVALID',
      says: ['components.1.name'],
    }),
  ),
  verify({
    title: 'a digest that is a path is refused',
    arrange: resigned((document) => {
      at(document, 'components', 1, 'items', 0)['digest'] = 'sha256:../../x';
    }),
    code: 'BUNDLE_DOCUMENT_INVALID',
    says: ['sha256:../../x'],
  }),
  verify({
    title: 'an expired bundle is refused',
    arrange: good({ expiresAt: '2026-01-03T00:00:00Z' }),
    code: 'BUNDLE_EXPIRED',
    says: ['2026-01-03T00:00:00Z'],
  }),
  verify({
    title: 'a bundle that needs a newer wire-offline is refused, with the reason',
    arrange: good({ minCli: { version: '99.0.0', reason: 'it holds charts' } }),
    code: 'CLI_TOO_OLD',
    says: ['99.0.0', 'it holds charts', 'bootstrap.tar'],
  }),
  {
    title: 'a bundle that is not there is refused',
    arrange: good(),
    argv: ['inspect', 'absent.bundle'],
    code: 'INPUT_UNREADABLE',
    exitStatus: 11,
    says: ['absent.bundle'],
  },
  {
    title: 'a pipe in the place of a bundle is refused and not waited for',
    arrange: async (world) => {
      const { file } = await makeSmallBundle(world);
      await rm(file);
      await execa('mkfifo', [file]);
    },
    argv: ['verify', name],
    code: 'INPUT_UNREADABLE',
    exitStatus: 11,
    says: ['not a regular file'],
  },
  {
    title: 'extracting into a file is refused',
    arrange: async (world) => {
      await makeSmallBundle(world);
      await writeFile(join(world.work, 'out'), 'mine');
    },
    argv: ['extract', name, 'notes', '--out', 'out'],
    code: 'OUTPUT_NOT_WRITABLE',
    exitStatus: 11,
    says: ['out'],
  },
  {
    title: 'a folder for temporary files that is not there is told',
    arrange: good(),
    argv: ['verify', name],
    env: { TMPDIR: '/nowhere' },
    code: 'OUTPUT_NOT_WRITABLE',
    exitStatus: 11,
    says: ['/nowhere', 'TMPDIR'],
  },
  {
    title: 'a component that a bundle does not have is refused, with the nearest one',
    arrange: good(),
    argv: ['extract', name, 'note', '--out', 'out'],
    code: 'COMPONENT_UNKNOWN',
    exitStatus: 3,
    says: ['did you mean notes?'],
  },
  {
    title: 'extracting over what is there is refused',
    arrange: async (world) => {
      await makeSmallBundle(world);
      await writeFile(join(world.work, 'notes'), 'mine');
    },
    argv: ['extract', name, 'notes', '--out', '.'],
    code: 'OUTPUT_EXISTS',
    exitStatus: 11,
    says: ['notes'],
  },
  {
    title: 'a part size that is none is refused',
    argv: ['split', name, '--size', '4 gigs', '--out', 'parts'],
    code: 'USAGE_INVALID',
    exitStatus: 2,
    says: ['4GB'],
  },
  ...partRows(),
];

function partRows(): BadInput[] {
  const part = (number: number): string => `${name}.part-${String(number)}-of-4`;
  const joining = (...parts: readonly string[]): readonly string[] => [
    'join',
    ...parts,
    '--out',
    'x',
  ];
  const row = (given: Pick<BadInput, 'title' | 'argv' | 'code' | 'says'>): BadInput => ({
    ...given,
    arrange: split,
    exitStatus: 4,
  });
  return [
    row({
      title: 'a missing part is named',
      argv: joining(part(1), part(3), part(4)),
      code: 'PART_MISSING',
      says: ['part 2'],
    }),
    row({
      title: 'a part that comes twice is named',
      argv: joining(part(1), part(2), part(3), part(4), part(2)),
      code: 'PART_DUPLICATE',
      says: [part(2)],
    }),
    row({
      title: 'a damaged part is named',
      argv: joining(part(1), part(2), 'damaged', part(4)),
      code: 'PART_DIGEST_MISMATCH',
      says: ['damaged'],
    }),
    row({
      title: 'a file that is no part is named',
      argv: joining(part(1), part(2), part(3), part(4), name),
      code: 'PART_INVALID',
      says: [name],
    }),
  ];
}

/** A bundle, its four parts, and one of them damaged. */
async function split(world: World): Promise<void> {
  const { splitBundle } = await import('../../../cli/bundle/split.js');
  const { openBundle } = await import('../../../cli/bundle/reader.js');
  const bytes = Buffer.alloc(2_500_000, 7);
  const { file } = await makeSmallBundle(world, {
    more: async (store) => [await fileComponent(store, { name: 'big', path: 'big', bytes })],
  });
  const bundle = await openBundle(file, () => Promise.resolve());
  const signal = new AbortController().signal;
  const options = { maxPartBytes: 1_000_000, out: world.work, signal };
  const parts = await splitBundle(bundle, options);
  await bundle.close();
  const damaged = join(world.work, 'damaged');
  await copyFile(parts[2]?.file ?? '', damaged);
  const content = await readFile(damaged);
  await writeFile(damaged, content.fill('x', 5000, 6000));
}
