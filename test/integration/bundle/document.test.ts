import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalJson } from '../../../cli/bundle/canonical-json.js';
import { openBundle } from '../../../cli/bundle/reader.js';
import { WireOfflineError } from '../../../cli/errors.js';
import { makeSmallBundle } from '../../helpers/bundles.js';
import { codeOf } from '../../helpers/codes.js';
import {
  at,
  readEntries,
  resign,
  writeEntries,
  type Loose,
  type RawEntry,
} from '../../helpers/tamper.js';
import { createWorld, type World } from '../../helpers/world.js';

const unsigned = () => Promise.resolve(new Uint8Array());
const trusting = () => Promise.resolve();

let world: World;
let file: string;
let entries: readonly RawEntry[];

beforeAll(async () => {
  world = await createWorld();
  const bundle = await makeSmallBundle(world, { sign: unsigned });
  entries = await readEntries(bundle.file);
  file = join(world.work, 'changed.bundle');
});

afterAll(() => world.remove());

async function verdict(change: (document: Loose) => unknown): Promise<string> {
  await writeEntries(file, await resign(entries, unsigned, change));
  return codeOf(openBundle(file, trusting).then((bundle) => bundle.close()));
}

/** The document with one value set somewhere in it. */
function set(path: readonly (string | number)[], key: string, value: unknown) {
  return (document: Loose): undefined => {
    at(document, ...path)[key] = value;
  };
}

describe('the order of trust', () => {
  it('asks for acceptance before anything of the head is parsed', async () => {
    const broken = await resign(entries, unsigned, () => Buffer.from('{"schemaVersion": nonsense'));
    await writeEntries(file, broken);
    const refusal = new WireOfflineError('SIGNATURES_TOO_FEW', { message: 'refused' });
    await expect(openBundle(file, () => Promise.reject(refusal))).rejects.toBe(refusal);
    expect(await codeOf(openBundle(file, trusting))).toBe('BUNDLE_DOCUMENT_INVALID');
  });

  it('asks for acceptance before the structure after the head is looked at', async () => {
    await writeEntries(file, entries.slice(0, 2), Buffer.from('junk'));
    const refusal = new WireOfflineError('SIGNATURES_TOO_FEW', { message: 'refused' });
    await expect(openBundle(file, () => Promise.reject(refusal))).rejects.toBe(refusal);
  });

  it('hands over the bytes as they are in the file', async () => {
    await writeEntries(file, entries);
    const bundle = await openBundle(file, (head) => Promise.resolve(head));
    await bundle.close();
    const { bundleJson, signatures, identity } = bundle.acceptance;
    const whole = await readFile(file);
    expect(Buffer.from(bundleJson).equals(whole.subarray(512, 512 + bundleJson.length))).toBe(true);
    expect(signatures.length).toBe(65_536);
    expect(bundle.identity).toBe(identity);
  });
});

describe('a bundle.json that was signed and is wrong', () => {
  it('is accepted unchanged', async () => {
    expect(await verdict(() => undefined)).toBe('none');
  });

  it.each<[string, (document: Loose) => Uint8Array]>([
    ['whitespace', (document) => Buffer.from(JSON.stringify(document, null, 2))],
    ['a line feed at its end', (document) => Buffer.from(`${canonicalJson(document)}\n`)],
    [
      'a key twice',
      (document) => Buffer.from(`{"arch":"amd64",${canonicalJson(document).slice(1)}`),
    ],
  ])('with %s is not canonical', async (_, text) => {
    expect(await verdict(text)).toBe('BUNDLE_NOT_CANONICAL');
  });

  it.each([
    ['no JSON', Buffer.from('nonsense')],
    ['a byte order mark', Buffer.from('\ufeff{}')],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['another value', Buffer.from('[]')],
    ['nothing', Buffer.alloc(0)],
  ])('with %s is refused', async (_, bytes) => {
    expect(await verdict(() => bytes)).toBe('BUNDLE_DOCUMENT_INVALID');
  });

  it('of another schemaVersion is refused', async () => {
    expect(await verdict(set([], 'schemaVersion', 2))).toBe('BUNDLE_SCHEMA_UNKNOWN');
  });

  it('that needs a newer wire-offline is refused, whatever else it says', async () => {
    const newer = (document: Loose): void => {
      document['minCli'] = { version: '99.0.0', reason: 'charts' };
      document['schemaVersion'] = 2;
      document['unknown'] = true;
    };
    expect(await verdict(newer)).toBe('CLI_TOO_OLD');
  });

  const file0 = ['components', 1, 'items', 0];
  const image0 = ['components', 0, 'items', 0];
  it.each<[string, readonly (string | number)[], string, unknown]>([
    ['an unknown key', [], 'colour', 'red'],
    ['a sequence of 0', [], 'sequence', 0],
    ['a version that is none', [], 'version', '1.2'],
    ['a time that is none', [], 'createdAt', '2026-02-30T00:00:00Z'],
    ['a name that is a path', [], 'name', '../x'],
    ['a channel that is a path', [], 'channel', '/abs'],
    ['a component that is a path', ['components', 0], 'name', '../../x'],
    ['a component of 4 KiB', ['components', 0], 'name', 'x'.repeat(4096)],
    ['a component in capitals', ['components', 0], 'name', 'Busybox'],
    ['two components of one name', ['components', 0], 'name', 'notes'],
    ['components out of order', ['components', 0], 'name', 'zebra'],
    ['a path that leads out', file0, 'path', '../x'],
    ['an absolute path', file0, 'path', '/etc/passwd'],
    ['a path with NUL', file0, 'path', 'a\0b'],
    ['a path of 4 KiB', file0, 'path', 'x'.repeat(4096)],
    ['a path in another script', file0, 'path', 'caf\u00e9'],
    ['another path than its manifest says', file0, 'path', 'doc/other.txt'],
    ['a reference that leads out', image0, 'ref', '../../x'],
    ['another reference than the index says', image0, 'ref', 'docker.io/library/other:1'],
    ['a digest that is a path', file0, 'digest', 'sha256:../../x'],
    ['a digest in capitals', file0, 'digest', `sha256:${'A'.repeat(64)}`],
    ['a digest of another algorithm', file0, 'digest', `sha512:${'a'.repeat(128)}`],
    ['a digest that is cut', file0, 'digest', 'sha256:abc'],
    ['an item of no entry', file0, 'digest', `sha256:${'a'.repeat(64)}`],
    ['an item of another size', file0, 'size', 9],
    ['an entry that is a path', ['entries', 4], 'name', 'blobs/sha256/../../x'],
    ['an entry of 4 KiB', ['entries', 4], 'name', `blobs/sha256/${'a'.repeat(4096)}`],
    ['an entry under another digest', ['entries', 4], 'digest', `sha256:${'a'.repeat(64)}`],
    ['an entry twice', ['entries', 4], 'name', 'oci-layout'],
    ['an entry of 8 GiB', ['entries', 4], 'size', 8 * 1024 ** 3],
    ['a blob in a base that a full bundle has not', ['entries', 4], 'in', 'base'],
    ['a base that a full bundle has not', [], 'requires', [`sha256:${'a'.repeat(64)}`]],
    ['a delta without a base', [], 'kind', 'delta'],
    ['control characters', ['components', 0], 'upstream', 'a\u001b[2J'],
  ])('with %s is refused', async (_, path, key, value) => {
    expect(await verdict(set(path, key, value))).toBe('BUNDLE_DOCUMENT_INVALID');
  });
});
