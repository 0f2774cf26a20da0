import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeSmallBundle } from '../../helpers/bundles.js';
import {
  makeTestKey,
  revoke,
  signerLine,
  sshSign,
  writeTrust,
  type TestKey,
} from '../../helpers/keys.js';
import type { World } from '../../helpers/world.js';
import type { BadInput } from './row.js';

type Key = (name: string) => Promise<TestKey>;

/** Keys by name, made when first asked for, in the world's folder `keys`. */
async function keysOf(world: World): Promise<Key> {
  const folder = join(world.folder, 'keys');
  await mkdir(folder, { mode: 0o700 });
  const made = new Map<string, Promise<TestKey>>();
  return (name) => {
    const key = made.get(name) ?? makeTestKey(folder, name);
    made.set(name, key);
    return key;
  };
}

const trustFolder = (world: World): string => join(world.config, 'wire-offline', 'trust');

/** A trust folder whose `allowed_signers` has these lines, and alice's key. */
function trustLines(
  lines: (key: Key) => Promise<readonly string[]>,
): (world: World) => Promise<void> {
  return async (world) => {
    await writeTrust(trustFolder(world), { lines: await lines(await keysOf(world)) });
  };
}

const alone = async (key: Key): Promise<string[]> => [signerLine('alice', await key('alice'))];

const couple = async (key: Key): Promise<string[]> => [
  ...(await alone(key)),
  signerLine('bob', await key('bob')),
];

interface Signed {
  readonly lines: (key: Key) => Promise<readonly string[]>;
  readonly threshold?: number;
  /** The signatures over the bytes of `bundle.json`. */
  readonly signatures: (key: Key, bundleJson: Uint8Array) => Promise<readonly string[]>;
  readonly more?: (world: World, key: Key) => Promise<void>;
}

/** A bundle `small.bundle` with these signatures, and the trust folder that judges it. */
function signedBundle(signed: Signed): (world: World) => Promise<void> {
  return async (world) => {
    const key = await keysOf(world);
    const { threshold = 1 } = signed;
    await writeTrust(trustFolder(world), { lines: await signed.lines(key), threshold });
    await signed.more?.(world, key);
    await makeSmallBundle(world, {
      sign: async (message) => Buffer.from((await signed.signatures(key, message)).join('')),
    });
  };
}

const by =
  (...names: readonly string[]) =>
  async (key: Key, message: Uint8Array): Promise<string[]> =>
    Promise.all(names.map(async (name) => sshSign(await key(name), message)));

const verify = ['verify', 'small.bundle'];

/** Bundles that the trust folder does not accept. */
export const signatureRows: readonly BadInput[] = [
  {
    title: 'a bundle that nobody signed is refused',
    arrange: signedBundle({ lines: alone, signatures: by() }),
    argv: verify,
    code: 'SIGNATURE_MISSING',
    exitStatus: 4,
    says: ['no signature'],
  },
  {
    title: 'a bundle signed by a key that nobody knows is refused, with its fingerprint',
    arrange: signedBundle({ lines: alone, signatures: by('mallory') }),
    argv: verify,
    code: 'SIGNER_UNKNOWN',
    exitStatus: 4,
    says: [/SHA256:/, 'does not name'],
  },
  {
    title: 'one key twice does not reach a threshold of 2',
    arrange: signedBundle({ lines: couple, threshold: 2, signatures: by('alice', 'alice') }),
    argv: verify,
    code: 'SIGNATURES_TOO_FEW',
    exitStatus: 4,
    says: ['signatures of 2', 'got 1'],
  },
  {
    title: 'two keys of one person do not reach a threshold of 2',
    arrange: signedBundle({
      lines: async (key) => [...(await couple(key)), signerLine('alice', await key('second'))],
      threshold: 2,
      signatures: by('alice', 'second'),
    }),
    argv: verify,
    code: 'SIGNATURES_TOO_FEW',
    exitStatus: 4,
    says: ['signatures of 2'],
  },
  {
    title: 'a signature made for something else is refused',
    arrange: signedBundle({
      lines: alone,
      signatures: async (key, message) => [await sshSign(await key('alice'), message, 'git')],
    }),
    argv: verify,
    code: 'SIGNATURE_NAMESPACE_WRONG',
    exitStatus: 4,
    says: ['another purpose'],
  },
  {
    title: 'the signature of another bundle is refused',
    arrange: signedBundle({
      lines: alone,
      signatures: async (key) => [await sshSign(await key('alice'), Buffer.from('{}'))],
    }),
    argv: verify,
    code: 'SIGNATURE_INVALID',
    exitStatus: 4,
    says: ['not of these bytes'],
  },
  {
    title: 'a signature by a key whose time is over is refused',
    arrange: signedBundle({
      lines: async (key) => [signerLine('alice', await key('alice'), ',valid-before="20200101Z"')],
      signatures: by('alice'),
    }),
    argv: verify,
    code: 'SIGNER_EXPIRED',
    exitStatus: 4,
    says: ['alice', 'time is over'],
  },
  {
    title: 'a signature by a key whose time has not begun is refused',
    arrange: signedBundle({
      lines: async (key) => [signerLine('alice', await key('alice'), ',valid-after="21990101Z"')],
      signatures: by('alice'),
    }),
    argv: verify,
    code: 'SIGNER_NOT_YET_VALID',
    exitStatus: 4,
    says: ['alice', 'not begun'],
  },
  {
    title: 'a signature by a revoked key is refused',
    arrange: signedBundle({
      lines: couple,
      signatures: by('alice'),
      more: async (world, key) => {
        await revoke(join(trustFolder(world), 'revoked.krl'), [await key('alice')]);
      },
    }),
    argv: verify,
    code: 'SIGNER_REVOKED',
    exitStatus: 4,
    says: ['alice', 'revoked.krl'],
  },
  {
    title: 'a bundle of a channel that the policy does not name is refused',
    arrange: signedBundle({
      lines: alone,
      signatures: by('alice'),
      more: async (world) => {
        const policy = 'schemaVersion: 1\nversion: 1\nthreshold: 1\nchannels: [beta]\n';
        await writeFile(join(trustFolder(world), 'policy.yaml'), policy);
      },
    }),
    argv: verify,
    code: 'CHANNEL_NOT_TRUSTED',
    exitStatus: 4,
    says: ['beta', 'stable'],
  },
  {
    title: 'an area of signatures with anything else in it is refused',
    arrange: signedBundle({
      lines: alone,
      signatures: async (key, message) => ['hello\n', ...(await by('alice')(key, message))],
    }),
    argv: verify,
    code: 'SIGNATURES_MALFORMED',
    exitStatus: 4,
    says: ['armored OpenSSH signatures and nothing else'],
  },
];

/** Trust folders that are none. */
export const trustFolderRows: readonly BadInput[] = [
  {
    title: 'a trust folder that is not there is missing',
    argv: ['trust', 'show'],
    code: 'TRUST_MISSING',
    exitStatus: 3,
    says: ['wire-offline/trust', '--trust'],
  },
  {
    title: 'a private key in a trust folder is refused',
    arrange: async (world) => {
      const key = await keysOf(world);
      await writeTrust(trustFolder(world), { lines: await alone(key) });
      const { file } = await key('alice');
      await writeFile(join(trustFolder(world), 'alice.pub'), await readFile(file));
    },
    argv: ['trust', 'show'],
    code: 'TRUST_HOLDS_PRIVATE_KEY',
    exitStatus: 3,
    says: ['alice.pub', 'revoke'],
  },
  {
    title: 'a cert-authority line is refused, with its place',
    arrange: trustLines(async (key) => [
      ...(await alone(key)),
      `ca cert-authority ${(await key('ca')).publicKey}`,
    ]),
    argv: ['trust', 'show'],
    code: 'TRUST_INVALID',
    exitStatus: 3,
    says: [/allowed_signers:2: .*cert-authority/],
  },
  {
    title: 'a key for other namespaces is refused',
    arrange: trustLines(async (key) => [
      `alice namespaces="git" ${(await key('alice')).publicKey}`,
    ]),
    argv: ['trust', 'show'],
    code: 'TRUST_INVALID',
    exitStatus: 3,
    says: [/allowed_signers:1: .*git/],
  },
  {
    title: 'one key under two names is refused',
    arrange: trustLines(async (key) => [
      ...(await alone(key)),
      signerLine('bob', await key('alice')),
    ]),
    argv: ['trust', 'show'],
    code: 'TRUST_INVALID',
    exitStatus: 3,
    says: [/allowed_signers:2: expected every key once/],
  },
  {
    title: 'a signer named as a path is refused',
    arrange: trustLines(async (key) => [signerLine('../../etc/passwd', await key('alice'))]),
    argv: ['trust', 'show'],
    code: 'TRUST_INVALID',
    exitStatus: 3,
    says: [/allowed_signers:1/],
  },
  {
    title: 'a threshold that the people cannot reach is refused',
    arrange: async (world) => {
      const lines = await alone(await keysOf(world));
      await writeTrust(trustFolder(world), { lines, threshold: 2 });
    },
    argv: ['trust', 'show'],
    code: 'TRUST_INVALID',
    exitStatus: 3,
    says: ['threshold', 'the 1 identities'],
  },
  {
    title: 'an unknown field of a policy is refused, with its place',
    arrange: async (world) => {
      await writeTrust(trustFolder(world), { lines: await alone(await keysOf(world)) });
      const policy = 'schemaVersion: 1\nversion: 1\nthreshold: 1\nchannels: ["*"]\nlenient: true\n';
      await writeFile(join(trustFolder(world), 'policy.yaml'), policy);
    },
    argv: ['trust', 'show'],
    code: 'TRUST_INVALID',
    exitStatus: 3,
    says: [/policy\.yaml:5:1 lenient/],
  },
  {
    title: 'a link in a trust folder is refused',
    arrange: async (world) => {
      await writeTrust(trustFolder(world), { lines: await alone(await keysOf(world)) });
      await symlink('/etc/passwd', join(trustFolder(world), 'root.pub'));
    },
    argv: ['trust', 'show'],
    code: 'TRUST_INVALID',
    exitStatus: 3,
    says: ['root.pub', 'a link'],
  },
  {
    title: 'a new trust folder that nobody of the old one signed is refused',
    arrange: async (world) => {
      const key = await keysOf(world);
      const lines = await couple(key);
      await writeTrust(trustFolder(world), { lines, threshold: 2 });
      await writeTrust(join(world.work, 'next'), { lines, version: 2 });
    },
    argv: ['trust', 'accept', 'next'],
    code: 'SIGNATURE_MISSING',
    exitStatus: 4,
    says: ['next', 'signatures of 2'],
  },
];

const locked = async (world: World): Promise<void> => {
  await makeTestKey(world.work, 'key', { passphrase: 'correct horse' });
};

/** Keys that cannot be made or used. */
export const keyRows: readonly BadInput[] = [
  {
    title: 'a key without an identity is refused',
    argv: ['key', 'generate', '--out', 'keys'],
    code: 'USAGE_INVALID',
    exitStatus: 2,
    says: ['--identity'],
  },
  {
    title: 'a key for an identity that is a path is refused',
    argv: ['key', 'generate', '--out', 'keys', '--identity', '../x', '--no-passphrase'],
    code: 'USAGE_INVALID',
    exitStatus: 2,
    says: ['identity', '../x'],
  },
  {
    title: 'a key for an identity of 4 KiB is refused',
    argv: ['key', 'generate', '--out', 'keys', '--identity', 'a'.repeat(4096), '--no-passphrase'],
    code: 'USAGE_INVALID',
    exitStatus: 2,
    says: ['at most 64'],
  },
  {
    title: 'a key with a passphrase is not made without a terminal',
    argv: ['key', 'generate', '--out', 'keys', '--identity', 'alice'],
    code: 'KEY_NEEDS_PASSPHRASE',
    exitStatus: 3,
    says: ['terminal', '--no-passphrase'],
  },
  {
    title: 'a key that is there is not overwritten',
    arrange: async (world) => {
      await mkdir(join(world.work, 'keys', 'private'), { recursive: true, mode: 0o700 });
      await makeTestKey(join(world.work, 'keys', 'private'), 'alice');
    },
    argv: ['key', 'generate', '--out', 'keys', '--identity', 'alice', '--no-passphrase'],
    code: 'KEY_EXISTS',
    exitStatus: 3,
    says: ['private/alice'],
  },
  {
    title: 'keys are not put below a file',
    arrange: (world) => writeFile(join(world.work, 'keys'), 'a file'),
    argv: ['key', 'generate', '--out', 'keys', '--identity', 'alice', '--no-passphrase'],
    code: 'OUTPUT_NOT_WRITABLE',
    exitStatus: 11,
    says: ['keys', '--out'],
  },
  {
    title: 'signing with no such key is refused',
    argv: ['sign', 'any.bundle', '--key', 'nowhere'],
    code: 'KEY_MISSING',
    exitStatus: 3,
    says: ['nowhere', 'key generate'],
  },
  {
    title: 'signing with the public half is refused, with the private one named',
    arrange: async (world) => {
      await makeTestKey(world.work, 'key');
    },
    argv: ['sign', 'any.bundle', '--key', 'key.pub'],
    code: 'KEY_IS_PUBLIC',
    exitStatus: 3,
    says: [/--key .*\/key$/m],
  },
  {
    title: 'signing with a key that others can read is refused',
    arrange: async (world) => {
      const { file } = await makeTestKey(world.work, 'key');
      await chmod(file, 0o644);
    },
    argv: ['sign', 'any.bundle', '--key', 'key'],
    code: 'KEY_TOO_READABLE',
    exitStatus: 3,
    says: ['0644', 'chmod 600'],
  },
  {
    title: 'a passphrase is never asked for without a terminal',
    arrange: locked,
    argv: ['sign', 'any.bundle', '--key', 'key'],
    code: 'KEY_NEEDS_PASSPHRASE',
    exitStatus: 3,
    says: ['passphrase', 'ssh-add'],
  },
  {
    title: 'signing with something that is no key is refused',
    arrange: (world) => writeFile(join(world.work, 'key'), 'hello', { mode: 0o600 }),
    argv: ['sign', 'any.bundle', '--key', 'key'],
    code: 'KEY_INVALID',
    exitStatus: 3,
    says: ['OpenSSH private key'],
  },
  {
    title: 'signing twice with one key is refused',
    arrange: signedBundle({ lines: alone, signatures: by('alice') }),
    argv: (world) => ['sign', 'small.bundle', '--key', join(world.folder, 'keys', 'alice')],
    code: 'KEY_HAS_SIGNED',
    exitStatus: 3,
    says: ['SHA256:'],
  },
  {
    title: 'signing what is no bundle is refused',
    arrange: async (world) => {
      await makeTestKey(world.work, 'key');
      await writeFile(join(world.work, 'any.bundle'), 'hello');
    },
    argv: ['sign', 'any.bundle', '--key', 'key'],
    code: 'BUNDLE_UNRECOGNISED',
    exitStatus: 4,
    says: ['expected a bundle of wire-offline'],
  },
];
