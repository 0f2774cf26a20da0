import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  signBundle,
  type BundleToSign,
  type SignedBundle,
} from '../../../cli/actions/sign-bundle.js';
import { openBundle } from '../../../cli/bundle/reader.js';
import { acceptHead } from '../../../cli/signing/accept.js';
import { makeSmallBundle, type SmallBundle } from '../../helpers/bundles.js';
import { makeTestKey, signerLine, writeTrust, type TestKey } from '../../helpers/keys.js';
import { createWorld, snapshot, type World } from '../../helpers/world.js';

const { signal } = new AbortController();
const signaturesBytes = 64 * 1024;

describe('signing a bundle', () => {
  let world: World;
  let bundle: SmallBundle;
  let alice: TestKey;
  let bob: TestKey;
  beforeEach(async () => {
    world = await createWorld();
    alice = await makeTestKey(world.folder, 'alice');
    bob = await makeTestKey(world.folder, 'bob');
    bundle = await makeSmallBundle(world, { sign: () => Promise.resolve(new Uint8Array()) });
  });
  afterEach(() => world.remove());

  const shown: BundleToSign[] = [];
  const sign = async ({ file: keyFile }: TestKey): Promise<SignedBundle> => {
    shown.length = 0;
    const { file } = bundle;
    const onBundle = (what: BundleToSign): void => {
      shown.push(what);
    };
    return signBundle({ file, keyFile, terminal: false, onBundle, env: world.env, signal });
  };
  const expectRefused = async (key: TestKey, code: string): Promise<void> => {
    const before = await snapshot(world.folder);
    await expect(sign(key)).rejects.toMatchObject({ code });
    expect(await snapshot(world.folder)).toEqual(before);
  };

  it('brings an unsigned one to its threshold, one person after the other', async () => {
    const trustFolder = await writeTrust(join(world.folder, 'trust'), {
      lines: [signerLine('alice', alice), signerLine('bob', bob)],
      threshold: 2,
    });
    const judge = await acceptHead({ trustFolder, now: new Date(), env: world.env, signal });
    await expect(openBundle(bundle.file, judge)).rejects.toMatchObject({
      code: 'SIGNATURE_MISSING',
    });
    expect(await sign(alice)).toMatchObject({ identity: bundle.identity, signatures: 1 });
    await expect(openBundle(bundle.file, judge)).rejects.toMatchObject({
      code: 'SIGNATURES_TOO_FEW',
    });
    expect(await sign(bob)).toMatchObject({ signatures: 2 });
    const opened = await openBundle(bundle.file, judge);
    await opened.close();
    expect(opened.acceptance.identities).toEqual(['alice', 'bob']);
  });

  it('keeps all signatures where several people sign at once', async () => {
    const people = ['carol', 'dave', 'erin', 'frank'];
    const keys = await Promise.all(people.map((name) => makeTestKey(world.folder, name)));
    await Promise.all(keys.map(sign));
    expect(await sign(alice)).toMatchObject({ signatures: 5 });
  });

  it('shows what is signed, and changes nothing but the area of signatures', async () => {
    const before = await readFile(bundle.file);
    await sign(alice);
    expect(shown).toEqual([
      {
        identity: bundle.identity,
        ...{ name: 'small', version: '1.2.3', channel: 'stable', sequence: 7 },
      },
    ]);
    const after = await readFile(bundle.file);
    const start = before.indexOf('bundle.sigs') + 512;
    const end = start + signaturesBytes;
    expect(after.length).toBe(before.length);
    expect(after.subarray(0, start).equals(before.subarray(0, start))).toBe(true);
    expect(after.subarray(end).equals(before.subarray(end))).toBe(true);
    expect(after.subarray(start, end).equals(before.subarray(start, end))).toBe(false);
  });

  it('refuses a key that has signed', async () => {
    await sign(alice);
    await expectRefused(alice, 'KEY_HAS_SIGNED');
  });

  it('refuses to sign beside a signature of another bundle', async () => {
    await sign(alice);
    const other = await makeSmallBundle(world, {
      file: join(world.work, 'other.bundle'),
      head: { sequence: 8 },
      sign: () => Promise.resolve(new Uint8Array()),
    });
    const [from, to] = [await readFile(bundle.file), await readFile(other.file)];
    const area = from.subarray(from.indexOf('bundle.sigs') + 512).subarray(0, signaturesBytes);
    area.copy(to, to.indexOf('bundle.sigs') + 512);
    await writeFile(other.file, to);
    bundle = other;
    await expectRefused(bob, 'SIGNATURE_INVALID');
    expect(shown).toEqual([]);
  });

  it('refuses an area with anything else in it', async () => {
    const bytes = await readFile(bundle.file);
    bytes.write('hello', bytes.indexOf('bundle.sigs') + 512);
    await writeFile(bundle.file, bytes);
    await expectRefused(alice, 'SIGNATURES_MALFORMED');
  });

  it('refuses a key that cannot sign before it looks at the bundle', async () => {
    await writeFile(bundle.file, 'not a bundle');
    await expectRefused({ ...alice, file: `${alice.file}.pub` }, 'KEY_IS_PUBLIC');
  });

  it('leaves the bundle alone where the key’s passphrase cannot be asked for', async () => {
    const locked = await makeTestKey(world.folder, 'locked', { passphrase: 'correct horse' });
    await expectRefused(locked, 'KEY_NEEDS_PASSPHRASE');
  });
});
