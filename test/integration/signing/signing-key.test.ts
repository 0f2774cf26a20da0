import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKey } from '../../../cli/signing/generate-key.js';
import { bundleNamespace } from '../../../cli/signing/namespaces.js';
import { signBundleHead, signBytes } from '../../../cli/signing/sign.js';
import { readSigningKey } from '../../../cli/signing/signing-key.js';
import { parseSignatureArea } from '../../../cli/signing/signatures.js';
import { readTrustFolder } from '../../../cli/signing/trust-folder.js';
import { mustRunLocal } from '../../../cli/transport/local.js';
import { makeTestKey, sshSign, type TestKey } from '../../helpers/keys.js';
import { createWorld, snapshot, type World } from '../../helpers/world.js';

const { signal } = new AbortController();
const message = Buffer.from('hello');

describe('a signing key', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.remove());

  const read = (
    keyFile: string,
    env: Readonly<Record<string, string>> = {},
  ): ReturnType<typeof readSigningKey> =>
    readSigningKey({ keyFile, terminal: false, env: { ...world.env, ...env }, signal });
  const sign = async (key: TestKey, env: Readonly<Record<string, string>> = {}): Promise<string> =>
    signBytes(await read(key.file, env), {
      ...{ namespace: bundleNamespace, message, terminal: false, signal },
      env: { ...world.env, ...env },
    });

  it.each(['ed25519', 'ecdsa'])('of type %s signs', async (type) => {
    const key = await makeTestKey(world.work, 'alice', { type });
    expect(await sign(key)).toMatch(/^-----BEGIN SSH SIGNATURE-----\n/);
  });

  it('signs the same bytes the same way, and as the plain tool does', async () => {
    const key = await makeTestKey(world.work, 'alice');
    expect(await sign(key)).toBe(await sign(key));
    expect(await sign(key)).toBe(await sshSign(key, message));
  });

  it('fills a bundle’s area together with others, each once', async () => {
    const [alice, bob] = await Promise.all([
      makeTestKey(world.work, 'alice'),
      makeTestKey(world.work, 'bob'),
    ]);
    const both = [await read(alice.file), await read(bob.file)];
    const options = { message, terminal: false, env: world.env, signal };
    expect(parseSignatureArea(await signBundleHead(both, options))).toHaveLength(2);
    const [first] = both;
    const twice = signBundleHead(first === undefined ? [] : [first, first], options);
    await expect(twice).rejects.toMatchObject({ code: 'KEY_HAS_SIGNED' });
  });

  it.each([0o640, 0o604, 0o660, 0o755])('that others can use (%i) is refused', async (mode) => {
    const { file } = await makeTestKey(world.work, 'alice');
    await chmod(file, mode);
    await expect(read(file)).rejects.toMatchObject({ code: 'KEY_TOO_READABLE' });
  });

  it('that is not there, a public half or no key is refused', async () => {
    const { file } = await makeTestKey(world.work, 'alice');
    await expect(read(`${file}.pub`)).rejects.toMatchObject({ code: 'KEY_IS_PUBLIC' });
    await expect(read(join(world.work, 'nowhere'))).rejects.toMatchObject({ code: 'KEY_MISSING' });
    await expect(read(world.work)).rejects.toMatchObject({ code: 'KEY_INVALID' });
    for (const text of ['', 'hello', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n']) {
      await writeFile(join(world.work, 'other'), text, { mode: 0o600 });
      await expect(read(join(world.work, 'other'))).rejects.toMatchObject({ code: 'KEY_INVALID' });
    }
  });

  it('that is a pipe is refused and not waited for', async () => {
    const pipe = join(world.work, 'pipe');
    await mustRunLocal({ argv: ['mkfifo', '-m', '600', pipe], env: world.env, signal });
    await expect(read(pipe)).rejects.toMatchObject({ code: 'KEY_INVALID' });
  });

  it('with a name of 4 KiB is missing', async () => {
    const long = join(world.work, 'k'.repeat(4096));
    await expect(read(long)).rejects.toMatchObject({ code: 'KEY_MISSING' });
  });

  it('of RSA or in another armor is refused', async () => {
    const rsa = await makeTestKey(world.work, 'rsa', { type: 'rsa' });
    await expect(read(rsa.file)).rejects.toMatchObject({ code: 'KEY_INVALID' });
    const { file } = await makeTestKey(world.work, 'pem', { type: 'ecdsa' });
    const argv = ['ssh-keygen', '-p', '-q', '-m', 'PEM', '-P', '', '-N', '', '-f', file] as const;
    await mustRunLocal({ argv, env: world.env, signal });
    await expect(read(file)).rejects.toMatchObject({ code: 'KEY_INVALID' });
  });

  describe('with a passphrase', () => {
    let key: TestKey;
    beforeEach(async () => {
      key = await makeTestKey(world.work, 'alice', { passphrase: 'correct horse' });
    });

    it('is refused at once without a terminal, and no window asks for it', async () => {
      const asked = join(world.work, 'asked');
      const askpass = join(world.work, 'askpass');
      await writeFile(askpass, `#!/bin/sh\ntouch ${asked}\necho correct horse\n`, { mode: 0o755 });
      const env = { SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' };
      await expect(sign(key, env)).rejects.toMatchObject({ code: 'KEY_NEEDS_PASSPHRASE' });
      expect(await readdir(world.work)).not.toContain('asked');
    });

    it('fails, and does not wait, where the terminal turns out not to be there', async () => {
      const terminal = { terminal: true, env: world.env, signal };
      const found = await readSigningKey({ keyFile: key.file, ...terminal });
      const signed = signBytes(found, {
        ...{ namespace: bundleNamespace, message },
        ...{ ...terminal, terminal: false },
      });
      await expect(signed).rejects.toMatchObject({ code: 'SIGNING_FAILED' });
    });

    it('signs through an agent that holds it, by its private or its public file', async () => {
      const env = await startAgent(world);
      await expect(sign(key, env)).rejects.toMatchObject({ code: 'KEY_NEEDS_PASSPHRASE' });
      await addToAgent(world, env, key, 'correct horse');
      const signature = await sign(key, env);
      expect(signature).toMatch(/^-----BEGIN SSH SIGNATURE-----\n/);
      expect(await sign({ ...key, file: `${key.file}.pub` }, env)).toBe(signature);
    });
  });
});

describe('making a key', () => {
  let world: World;
  let out: string;
  beforeEach(async () => {
    world = await createWorld();
    out = join(world.work, 'keys');
  });
  afterEach(() => world.remove());

  const generate = (identity: string): ReturnType<typeof generateKey> =>
    generateKey({ out, identity, passphrase: 'none', env: world.env, signal });

  it('gives a private key of one’s own and a trust folder that names it', async () => {
    const made = await generate('alice');
    expect((await stat(made.privateKeyFile)).mode & 0o777).toBe(0o600);
    expect((await stat(join(out, 'private'))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(out, 'private'))).toEqual(['alice']);
    expect((await readdir(made.trustFolder)).sort()).toEqual([
      'alice.pub',
      'allowed_signers',
      'policy.yaml',
    ]);
    expect(await readTrustFolder(made.trustFolder)).toMatchObject({
      signers: [{ identity: 'alice' }],
    });
    const argv = ['ssh-keygen', '-l', '-f', made.privateKeyFile] as const;
    expect(await mustRunLocal({ argv, env: world.env, signal })).toContain(made.fingerprint);
  });

  it('adds a second person to the same trust folder', async () => {
    await generate('alice');
    const { trustFolder } = await generate('bob');
    const { signers, policy } = await readTrustFolder(trustFolder);
    expect(signers.map(({ identity }) => identity)).toEqual(['alice', 'bob']);
    expect(policy.version).toBe(1);
  });

  it('adds to a file that does not end its last line', async () => {
    const { trustFolder } = await generate('alice');
    const file = join(trustFolder, 'allowed_signers');
    await writeFile(file, (await readFile(file, 'utf8')).trimEnd());
    await generate('bob');
    expect((await readTrustFolder(trustFolder)).signers).toHaveLength(2);
  });

  const expectRefused = async (code: string, identity = 'alice'): Promise<void> => {
    const before = await snapshot(world.work);
    await expect(generate(identity)).rejects.toMatchObject({ code });
    expect(await snapshot(world.work)).toEqual(before);
  };

  it('never overwrites one', async () => {
    await generate('alice');
    await expectRefused('KEY_EXISTS');
  });

  it('refuses a person whom the trust folder names already', async () => {
    await generate('alice');
    await writeFile(join(out, 'private', 'bob'), 'in the way');
    await expectRefused('KEY_EXISTS', 'bob');
  });

  it('refuses a private folder that others can open', async () => {
    await mkdir(join(out, 'private'), { recursive: true });
    await chmod(join(out, 'private'), 0o755);
    await expectRefused('KEY_TOO_READABLE');
  });

  it('refuses to build on a trust folder that is none', async () => {
    await mkdir(join(out, 'trust'), { recursive: true });
    await writeFile(join(out, 'trust', 'allowed_signers'), '* everything\n');
    await writeFile(join(out, 'trust', 'policy.yaml'), 'threshold: 0\n');
    await expectRefused('TRUST_INVALID');
  });

  it('refuses a place that is a file, and leaves it', async () => {
    await writeFile(out, 'a file');
    await expectRefused('OUTPUT_NOT_WRITABLE');
  });

  it('refuses a place on a disk that can only be read', async () => {
    await mkdir(out);
    const disk = out;
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'none', disk]).status).toBe(0);
    world.atEnd(() => Promise.resolve(void spawnSync('umount', [disk])));
    await expect(generate('alice')).rejects.toMatchObject({
      code: 'OUTPUT_NOT_WRITABLE',
      message: expect.stringContaining('EROFS'),
    });
  });
});

/** Starts an agent that ends with the world. */
async function startAgent(world: World): Promise<Record<string, string>> {
  const socket = join(world.folder, 'agent.sock');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { env: world.env });
  world.atEnd(async () => {
    const ended = once(agent, 'exit');
    agent.kill();
    await ended;
  });
  // It says where it listens once it does.
  await once(agent.stdout, 'data');
  return { SSH_AUTH_SOCK: socket };
}

async function addToAgent(
  world: World,
  env: Readonly<Record<string, string>>,
  key: TestKey,
  passphrase: string,
): Promise<void> {
  const askpass = join(world.work, 'askpass-agent');
  await writeFile(askpass, `#!/bin/sh\necho ${passphrase}\n`, { mode: 0o755 });
  await mustRunLocal({
    argv: ['ssh-add', '-q', key.file],
    env: { ...world.env, ...env, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force' },
    signal,
  });
}
