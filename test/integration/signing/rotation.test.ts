import { cp, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  acceptTrustFolder,
  signTrustFolder,
  type AcceptedTrust,
} from '../../../cli/signing/rotation.js';
import { readSigningKey } from '../../../cli/signing/signing-key.js';
import { readTrustFolder } from '../../../cli/signing/trust-folder.js';
import { mustRunLocal } from '../../../cli/transport/local.js';
import {
  makeTestKey,
  revoke,
  signerLine,
  sshSign,
  writeTrust,
  type TestKey,
} from '../../helpers/keys.js';
import { createWorld, snapshot, type World } from '../../helpers/world.js';

const { signal } = new AbortController();
const now = new Date('2026-06-01T00:00:00Z');

describe('a new trust folder', () => {
  let world: World;
  let keys: Record<'alice' | 'bob' | 'carol', TestKey>;
  let old: string;
  let next: string;

  beforeEach(async () => {
    world = await createWorld();
    keys = {
      alice: await makeTestKey(world.folder, 'alice'),
      bob: await makeTestKey(world.folder, 'bob'),
      carol: await makeTestKey(world.folder, 'carol'),
    };
    const lines = [signerLine('alice', keys.alice), signerLine('bob', keys.bob)];
    old = await writeTrust(join(world.work, 'trust'), { lines, threshold: 2 });
    next = await writeTrust(join(world.work, 'trust-2'), {
      lines: [signerLine('bob', keys.bob), signerLine('carol', keys.carol)],
      threshold: 1,
      version: 2,
    });
  });
  afterEach(() => world.remove());

  const sign = async (...who: readonly (keyof typeof keys)[]): Promise<void> => {
    const run = { terminal: false, env: world.env, signal };
    for (const name of who) {
      const key = await readSigningKey({ ...run, keyFile: keys[name].file });
      await signTrustFolder({ ...run, folder: next, key, now });
    }
  };
  const accept = (): Promise<AcceptedTrust> =>
    acceptTrustFolder({ candidate: next, trustFolder: old, now, env: world.env, signal });
  const expectRefused = async (code: string): Promise<void> => {
    const before = await snapshot(world.work);
    await expect(accept()).rejects.toMatchObject({ code });
    expect(await snapshot(world.work)).toEqual(before);
  };

  it('signed by the old threshold takes the place of the old one, which is kept', async () => {
    await sign('alice', 'bob');
    const accepted = await accept();
    expect(accepted).toMatchObject({ from: 1, to: 2, kept: `${old}.v1` });
    expect(accepted.signers.map(({ identity }) => identity)).toEqual(['alice', 'bob']);
    expect((await readTrustFolder(old)).policy).toMatchObject({ version: 2, threshold: 1 });
    expect((await readTrustFolder(`${old}.v1`)).policy).toMatchObject({ version: 1 });
    expect((await readdir(world.work)).sort()).toEqual(['trust', 'trust-2', 'trust.v1']);
  });

  it('leads on to the next', async () => {
    await sign('alice', 'bob');
    await accept();
    const lines = [signerLine('carol', keys.carol)];
    await writeTrust(next, { lines, version: 3 });
    await rm(join(next, 'trust.sigs'));
    await sign('carol');
    expect(await accept()).toMatchObject({ from: 2, to: 3, kept: `${old}.v2` });
  });

  it('that nobody signed is refused', async () => {
    await expectRefused('SIGNATURE_MISSING');
  });

  it('signed by fewer than the old threshold is refused, whatever its own says', async () => {
    await sign('bob');
    await expectRefused('SIGNATURES_TOO_FEW');
  });

  it('signed by its own people alone is refused', async () => {
    await sign('carol');
    await expectRefused('SIGNER_UNKNOWN');
    await sign('bob');
    await expectRefused('SIGNATURES_TOO_FEW');
  });

  it.each(['allowed_signers', 'policy.yaml'])(
    'whose %s changed after it was signed is refused',
    async (name) => {
      await sign('alice', 'bob');
      const file = join(next, name);
      await writeFile(file, `${await readFile(file, 'utf8')}\n# more\n`);
      await expectRefused('SIGNATURE_INVALID');
      await expect(sign('carol')).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    },
  );

  it('to which a file was added after it was signed is refused', async () => {
    await sign('alice', 'bob');
    await writeFile(join(next, 'carol.pub'), `${keys.carol.publicKey} carol\n`);
    await expectRefused('SIGNATURE_INVALID');
  });

  it('from which the revocation list was taken after it was signed is refused', async () => {
    await revoke(join(next, 'revoked.krl'), [keys.alice]);
    await sign('alice', 'bob');
    await rm(join(next, 'revoked.krl'));
    await expectRefused('SIGNATURE_INVALID');
  });

  it('is not accepted on signatures made for a bundle', async () => {
    const manifest = await mustRunLocal({
      argv: ['sha256sum', 'allowed_signers', 'policy.yaml'],
      cwd: next,
      env: world.env,
      signal,
    });
    const signatures = [keys.alice, keys.bob].map((key) => sshSign(key, Buffer.from(manifest)));
    await writeFile(join(next, 'trust.sigs'), (await Promise.all(signatures)).join(''));
    await expectRefused('SIGNATURE_NAMESPACE_WRONG');
  });

  it('can be signed with the plain tools: sha256sum and ssh-keygen', async () => {
    const manifest = await mustRunLocal({
      argv: ['sha256sum', 'allowed_signers', 'policy.yaml'],
      cwd: next,
      env: world.env,
      signal,
    });
    const signatures = [keys.alice, keys.bob].map((key) =>
      sshSign(key, Buffer.from(manifest), 'wire-offline-trust'),
    );
    await writeFile(join(next, 'trust.sigs'), (await Promise.all(signatures)).join(''));
    expect(await accept()).toMatchObject({ to: 2 });
  });

  it.each([1, 0])('is refused where its version did not grow', async (less) => {
    const lines = [signerLine('carol', keys.carol)];
    await writeTrust(old, { lines: [signerLine('alice', keys.alice)], version: 2 + less });
    await writeTrust(next, { lines, version: 2 });
    await sign('alice');
    await expectRefused('TRUST_NOT_NEWER');
  });

  it('is refused on the word of a key that the old one revoked', async () => {
    await revoke(join(old, 'revoked.krl'), [keys.alice]);
    await sign('alice', 'bob');
    await expectRefused('SIGNER_REVOKED');
  });

  it('is refused where it could not be trusted itself, though all signed it', async () => {
    await writeFile(join(next, 'policy.yaml'), 'schemaVersion: 1\n');
    await expect(sign('alice')).rejects.toMatchObject({ code: 'TRUST_INVALID' });
  });

  it('is refused where its revocation list is damaged, or revokes too many', async () => {
    const file = join(next, 'revoked.krl');
    await writeFile(file, 'SSHKRL\n\0and nothing that it should be');
    await expect(sign('alice')).rejects.toMatchObject({ code: 'TRUST_INVALID' });
    await revoke(file, [keys.bob, keys.carol]);
    await expect(sign('alice')).rejects.toMatchObject({ code: 'TRUST_INVALID' });
  });

  it('is refused where nobody in it may sign the one after it', async () => {
    await writeTrust(next, {
      lines: [signerLine('bob', keys.bob).replace(',wire-offline-trust', '')],
      threshold: 1,
      version: 2,
    });
    await expect(sign('alice')).rejects.toMatchObject({ code: 'TRUST_INVALID' });
  });

  it('takes the place that a link leads to', async () => {
    await sign('alice', 'bob');
    const real = old;
    old = join(world.work, 'link');
    await symlink(real, old);
    expect(await accept()).toMatchObject({ to: 2, kept: `${real}.v1` });
    expect((await readTrustFolder(real)).policy.version).toBe(2);
  });

  it('is refused where the old one cannot be kept, and nothing moved', async () => {
    await sign('alice', 'bob');
    await mkdir(`${old}.v1`);
    await expectRefused('OUTPUT_EXISTS');
  });

  it('is signed by each key once', async () => {
    await sign('alice');
    await expect(sign('alice')).rejects.toMatchObject({ code: 'KEY_HAS_SIGNED' });
  });

  it('is what it was where it is carried on a stick and back', async () => {
    await sign('alice', 'bob');
    const carried = join(world.work, 'carried');
    await cp(next, carried, { recursive: true });
    await rm(next, { recursive: true });
    next = carried;
    expect(await accept()).toMatchObject({ to: 2 });
  });
});
