import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readTrustFolder } from '../../../../cli/signing/trust-folder.js';
import { writeTrust } from '../../../helpers/keys.js';
import { craftKey } from '../../../helpers/ssh-blocks.js';
import { createWorld, type World } from '../../../helpers/world.js';

const ours = 'namespaces="wire-offline-bundle,wire-offline-trust"';
const publicKey = (keyByte: number): string =>
  `ssh-ed25519 ${craftKey({ keyByte }).toString('base64')}`;
const alice = `alice ${ours} ${publicKey(1)}`;

describe('a trust folder', () => {
  let world: World;
  let folder: string;
  beforeEach(async () => {
    world = await createWorld();
    folder = await writeTrust(join(world.work, 'trust'), { lines: [alice] });
  });
  afterEach(() => world.remove());

  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
  const expectRefused = async (code: string, where: RegExp): Promise<void> => {
    const refused = readTrustFolder(folder);
    await expect(refused).rejects.toMatchObject({ code });
    await expect(refused).rejects.toHaveProperty(
      code === 'TRUST_INVALID' ? 'problems.0.where' : 'message',
      expect.stringMatching(where),
    );
  };

  it('is read with its people and policy', async () => {
    await write('alice.pub', `${publicKey(1)} alice\n`);
    expect(await readTrustFolder(folder)).toMatchObject({
      policy: { threshold: 1, version: 1 },
      signers: [{ identity: 'alice' }],
      revoked: undefined,
    });
  });

  it('that does not exist is missing', async () => {
    folder = join(world.work, 'nowhere');
    await expectRefused('TRUST_MISSING', /nowhere/);
  });

  it.each([
    ['OpenSSH', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl'],
    ['PKCS #8', '-----BEGIN PRIVATE KEY-----\n'],
    ['encrypted PKCS #8', '-----BEGIN ENCRYPTED PRIVATE KEY-----\n'],
    ['EC', 'some text\n-----BEGIN EC PRIVATE KEY-----\n'],
    ['PGP', '-----BEGIN PGP PRIVATE KEY BLOCK-----\n'],
    ['PuTTY', 'PuTTY-User-Key-File-3: ssh-ed25519\n'],
  ])('with a private key (%s) is refused, under whatever name', async (_title, text) => {
    await write('notes.pub', text);
    await expectRefused('TRUST_HOLDS_PRIVATE_KEY', /notes\.pub/);
  });

  it('with a private key inside allowed_signers is refused', async () => {
    await write('allowed_signers', `${alice}\n-----BEGIN OPENSSH PRIVATE KEY-----\n`);
    await expectRefused('TRUST_HOLDS_PRIVATE_KEY', /allowed_signers/);
  });

  it('with a file of another name is refused', async () => {
    await write('README', 'hello');
    await expectRefused('TRUST_INVALID', /README/);
  });

  it('with a folder in it is refused', async () => {
    await mkdir(join(folder, 'private'));
    await expectRefused('TRUST_INVALID', /private/);
  });

  it('with a link in it is refused, wherever it leads', async () => {
    await write('policy.yaml', '');
    await symlink(join(folder, 'policy.yaml'), join(folder, 'alice.pub'));
    await expectRefused('TRUST_INVALID', /alice\.pub/);
  });

  it('with a file of more than 1 MiB is refused', async () => {
    await write('allowed_signers', '#'.repeat(1024 * 1024 + 1));
    await expectRefused('TRUST_INVALID', /allowed_signers/);
  });

  it('with an unusable line names file and line', async () => {
    await write('allowed_signers', `${alice}\nbob cert-authority ${publicKey(2)}\n`);
    await expectRefused('TRUST_INVALID', /allowed_signers:2$/);
  });

  it('with a threshold that its people cannot reach is refused', async () => {
    const twoKeys = [alice, `alice ${ours} ${publicKey(2)}`];
    await writeTrust(folder, { lines: twoKeys, threshold: 2 });
    await expectRefused('TRUST_INVALID', /policy\.yaml threshold/);
  });

  it('does not count towards that who may not sign bundles', async () => {
    const bob = `bob namespaces="wire-offline-trust" ${publicKey(2)}`;
    await writeTrust(folder, { lines: [alice, bob], threshold: 2 });
    await expectRefused('TRUST_INVALID', /policy\.yaml threshold/);
  });

  it('with a .pub that is not what allowed_signers says is refused', async () => {
    await write('alice.pub', `${publicKey(2)} alice\n`);
    await expectRefused('TRUST_INVALID', /alice\.pub/);
  });

  it('with a revocation list that is none is refused', async () => {
    await write('revoked.krl', publicKey(1));
    await expectRefused('TRUST_INVALID', /revoked\.krl/);
  });

  it('with nothing in it is refused', async () => {
    folder = join(world.work, 'empty');
    await mkdir(folder);
    await expectRefused('TRUST_INVALID', /empty/);
  });
});
