import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { digestOf } from '../../../cli/digest.js';
import { acceptHead, type AcceptedHead } from '../../../cli/signing/accept.js';
import { signatureAreaBytes } from '../../../cli/signing/signatures.js';
import {
  makeTestKey,
  revoke,
  signerLine,
  sshSign,
  writeTrust,
  type TestKey,
} from '../../helpers/keys.js';
import { createWorld, type World } from '../../helpers/world.js';

const message = Buffer.from('{"the":"document"}');
const now = new Date('2026-06-01T00:00:00Z');

describe('the head of a bundle', () => {
  let world: World;
  let keys: Record<'alice' | 'alice2' | 'bob' | 'carol' | 'mallory' | 'ecdsa', TestKey>;
  let folders = 0;

  beforeAll(async () => {
    world = await createWorld();
    const make = (name: string, type?: string): Promise<TestKey> =>
      makeTestKey(world.work, name, type === undefined ? {} : { type });
    keys = {
      alice: await make('alice'),
      alice2: await make('alice2'),
      bob: await make('bob'),
      carol: await make('carol'),
      mallory: await make('mallory'),
      ecdsa: await make('ecdsa', 'ecdsa'),
    };
  });
  afterAll(() => world.remove());

  type Name = keyof typeof keys;

  const trust = (lines: readonly string[], threshold = 1): Promise<string> =>
    writeTrust(join(world.work, `trust-${String(folders++)}`), { lines, threshold });
  const line = (name: Name, identity: string = name, validity = ''): string =>
    signerLine(identity, keys[name], validity);
  const signedBy = (...names: readonly Name[]): Promise<string[]> =>
    Promise.all(names.map((name) => sshSign(keys[name], message)));
  const accept = async (
    trustFolder: string,
    signatures: readonly string[],
    bundleJson: Uint8Array = message,
  ): Promise<AcceptedHead> => {
    const area = new Uint8Array(signatureAreaBytes);
    area.set(Buffer.from(signatures.join('')));
    const { signal } = new AbortController();
    const judge = await acceptHead({ trustFolder, now, env: world.env, signal });
    return judge({ bundleJson, signatures: area, identity: digestOf(bundleJson) });
  };

  describe('with a threshold counts distinct keys of distinct people', () => {
    const table: readonly {
      readonly title: string;
      readonly trusted: readonly (readonly [Name, string])[];
      readonly threshold: number;
      readonly signed: readonly Name[];
      readonly result: readonly string[] | string;
    }[] = [
      {
        title: 'one of one',
        trusted: [['alice', 'alice']],
        threshold: 1,
        signed: ['alice'],
        result: ['alice'],
      },
      {
        title: 'two of three',
        trusted: [
          ['alice', 'alice'],
          ['bob', 'bob'],
          ['carol', 'carol'],
        ],
        threshold: 2,
        signed: ['carol', 'alice'],
        result: ['carol', 'alice'],
      },
      {
        title: 'more than are needed, one of them unknown here',
        trusted: [
          ['alice', 'alice'],
          ['bob', 'bob'],
        ],
        threshold: 2,
        signed: ['mallory', 'alice', 'bob'],
        result: ['alice', 'bob'],
      },
      {
        title: 'an ECDSA key',
        trusted: [['ecdsa', 'alice']],
        threshold: 1,
        signed: ['ecdsa'],
        result: ['alice'],
      },
      {
        title: 'one of two',
        trusted: [
          ['alice', 'alice'],
          ['bob', 'bob'],
        ],
        threshold: 2,
        signed: ['alice'],
        result: 'SIGNATURES_TOO_FEW',
      },
      {
        title: 'one and an unknown one of two',
        trusted: [
          ['alice', 'alice'],
          ['bob', 'bob'],
        ],
        threshold: 2,
        signed: ['alice', 'mallory'],
        result: 'SIGNATURES_TOO_FEW',
      },
      {
        title: 'the same key twice',
        trusted: [
          ['alice', 'alice'],
          ['bob', 'bob'],
        ],
        threshold: 2,
        signed: ['alice', 'alice'],
        result: 'SIGNATURES_TOO_FEW',
      },
      {
        title: 'two keys of one person',
        trusted: [
          ['alice', 'alice'],
          ['alice2', 'alice'],
          ['bob', 'bob'],
        ],
        threshold: 2,
        signed: ['alice', 'alice2'],
        result: 'SIGNATURES_TOO_FEW',
      },
      {
        title: 'two keys of one person and one of another',
        trusted: [
          ['alice', 'alice'],
          ['alice2', 'alice'],
          ['bob', 'bob'],
        ],
        threshold: 2,
        signed: ['alice', 'alice2', 'bob'],
        result: ['alice', 'bob'],
      },
      {
        title: 'one key under two names',
        trusted: [
          ['alice', 'alice'],
          ['alice', 'bob'],
        ],
        threshold: 2,
        signed: ['alice'],
        result: 'TRUST_INVALID',
      },
      {
        title: 'an unknown key',
        trusted: [['alice', 'alice']],
        threshold: 1,
        signed: ['mallory'],
        result: 'SIGNER_UNKNOWN',
      },
      {
        title: 'none',
        trusted: [['alice', 'alice']],
        threshold: 1,
        signed: [],
        result: 'SIGNATURE_MISSING',
      },
    ];

    it.each(table)('$title: $result', async ({ trusted, threshold, signed, result }) => {
      const folder = await trust(
        trusted.map(([name, identity]) => line(name, identity)),
        threshold,
      );
      const outcome = await accept(folder, await signedBy(...signed)).then(
        ({ identities }) => identities,
        (thrown: unknown) => thrown,
      );
      expect(outcome).toEqual(outcomeOf(result));
    });
  });

  it('is refused where a signature is of other bytes, also beside enough that hold', async () => {
    const folder = await trust([line('alice'), line('bob')]);
    const [good] = await signedBy('alice');
    const other = await sshSign(keys.bob, Buffer.from('something else'));
    await expect(accept(folder, [good ?? '', other])).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
    });
  });

  it('is refused where one byte of it differs from what was signed', async () => {
    const folder = await trust([line('alice')]);
    for (const at of [0, 7, message.length - 1]) {
      const changed = Buffer.from(message);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const refused = accept(folder, await signedBy('alice'), changed);
      await expect(refused).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    }
  });

  it('is refused where one bit of the signature itself differs', async () => {
    const folder = await trust([line('alice')]);
    const [good = ''] = await signedBy('alice');
    const lines = good.split('\n');
    const last = lines.length - 3;
    const text = lines[last] ?? '';
    lines[last] = `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`;
    await expect(accept(folder, [lines.join('\n')])).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
    });
  });

  it.each(['git', 'file', 'wire-offline-trust', 'wire-offline-bundle2'])(
    'is refused where the signature was made for %s',
    async (namespace) => {
      const folder = await trust([line('alice')]);
      const signature = await sshSign(keys.alice, message, namespace);
      await expect(accept(folder, [signature])).rejects.toMatchObject({
        code: 'SIGNATURE_NAMESPACE_WRONG',
      });
    },
  );

  it('is refused where the key may sign trust folders only', async () => {
    const trustOnly = `bob namespaces="wire-offline-trust" ${keys.bob.publicKey}`;
    const folder = await trust([line('alice'), trustOnly]);
    await expect(accept(folder, await signedBy('bob'))).rejects.toMatchObject({
      code: 'SIGNER_UNKNOWN',
    });
  });

  it.each([
    [',valid-before="20260531Z"', 'SIGNER_EXPIRED'],
    [',valid-before="20260531235959Z"', 'SIGNER_EXPIRED'],
    [',valid-after="20260601000001Z"', 'SIGNER_NOT_YET_VALID'],
  ])('by a key with %s is refused with %s', async (validity, code) => {
    const folder = await trust([line('alice', 'alice', validity), line('bob')]);
    await expect(accept(folder, await signedBy('alice'))).rejects.toMatchObject({
      code,
      problems: [{ where: expect.stringContaining('alice') }],
    });
  });

  it.each([',valid-after="20260601Z",valid-before="20260601000001Z"', ',valid-before="20260601Z"'])(
    'by a key with %s is accepted in its last and first second',
    async (validity) => {
      const folder = await trust([line('alice', 'alice', validity)]);
      await expect(accept(folder, await signedBy('alice'))).resolves.toMatchObject({
        identities: ['alice'],
      });
    },
  );

  it('does not depend on the time zone of the reader', async () => {
    const folder = await trust([line('alice', 'alice', ',valid-after="20260601Z"')]);
    const env = { ...world.env, TZ: 'America/Los_Angeles' };
    const { signal } = new AbortController();
    const judge = await acceptHead({ trustFolder: folder, now, env, signal });
    const area = new Uint8Array(signatureAreaBytes);
    area.set(Buffer.from((await signedBy('alice')).join('')));
    const head = { bundleJson: message, signatures: area, identity: digestOf(message) };
    await expect(judge(head)).resolves.toMatchObject({ identities: ['alice'] });
  });

  it('by a revoked key is refused, and accepted where others suffice', async () => {
    const folder = await trust([line('alice'), line('bob')]);
    await revoke(join(folder, 'revoked.krl'), [keys.alice]);
    await expect(accept(folder, await signedBy('alice'))).rejects.toMatchObject({
      code: 'SIGNER_REVOKED',
    });
    await expect(accept(folder, await signedBy('alice', 'bob'))).resolves.toMatchObject({
      identities: ['bob'],
    });
  });

  it('is refused, not accepted, where the revocation list is cut off', async () => {
    const folder = await trust([line('alice')]);
    const file = join(folder, 'revoked.krl');
    await revoke(file, [keys.bob]);
    await writeFile(file, (await readFile(file)).subarray(0, 30));
    await expect(accept(folder, await signedBy('alice'))).rejects.toMatchObject({
      code: 'TRUST_INVALID',
    });
  });

  it('gives the policy and the fingerprints that ssh-keygen shows', async () => {
    const folder = await trust([line('alice')]);
    const { policy, signers } = await accept(folder, await signedBy('alice'));
    expect(policy.channels).toEqual(['*']);
    expect(signers).toEqual([
      { identity: 'alice', fingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/) },
    ]);
  });

  it('is judged by what the trust folder was when it was read', async () => {
    const folder = await trust([line('alice')]);
    const { signal } = new AbortController();
    const judge = await acceptHead({ trustFolder: folder, now, env: world.env, signal });
    await writeTrust(folder, { lines: [line('mallory')] });
    const area = new Uint8Array(signatureAreaBytes);
    area.set(Buffer.from((await signedBy('mallory')).join('')));
    const head = { bundleJson: message, signatures: area, identity: digestOf(message) };
    await expect(judge(head)).rejects.toMatchObject({ code: 'SIGNER_UNKNOWN' });
  });
});

/** A code stands for an error with it, a list for the people who were counted. */
function outcomeOf(result: readonly string[] | string): unknown {
  return typeof result === 'string' ? expect.objectContaining({ code: result }) : result;
}
