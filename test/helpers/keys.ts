import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRunLocal } from '../../cli/transport/local.js';

const env = { PATH: process.env['PATH'], LC_ALL: 'C' };
const signal: AbortSignal = new AbortController().signal;

/** A key pair of `ssh-keygen`, made for one test. */
export interface TestKey {
  readonly file: string;
  /** `TYPE BASE64` */
  readonly publicKey: string;
}

/** Makes a key pair `folder/name` and `folder/name.pub`. */
export async function makeTestKey(
  folder: string,
  name: string,
  { type = 'ed25519', passphrase = '' } = {},
): Promise<TestKey> {
  const file = join(folder, name);
  const argv = ['ssh-keygen', '-q', '-t', type, '-N', passphrase, '-C', name, '-f', file] as const;
  await mustRunLocal({ argv, env, signal });
  const [kind = '', base64 = ''] = (await readFile(`${file}.pub`, 'utf8')).split(' ');
  return { file, publicKey: `${kind} ${base64}` };
}

/** Signs with the plain tool, whatever the namespace. */
export async function sshSign(
  { file }: TestKey,
  message: Uint8Array,
  namespace = 'wire-offline-bundle',
): Promise<string> {
  const argv = ['ssh-keygen', '-Y', 'sign', '-q', '-n', namespace, '-f', file] as const;
  return mustRunLocal({ argv, input: message, env, signal });
}

/** Makes or extends a key revocation list. */
export async function revoke(file: string, keys: readonly TestKey[]): Promise<void> {
  const argv = ['ssh-keygen', '-k', '-q', '-f', file, ...keys.map((key) => `${key.file}.pub`)];
  await mustRunLocal({ argv: ['env', ...argv], env, signal });
}

/** A line of `allowed_signers` with both of our namespaces. */
export function signerLine(identity: string, { publicKey }: TestKey, validity = ''): string {
  return `${identity} namespaces="wire-offline-bundle,wire-offline-trust"${validity} ${publicKey}`;
}

/** Writes a trust folder. */
export async function writeTrust(
  folder: string,
  trust: {
    readonly lines: readonly string[];
    readonly threshold?: number;
    readonly version?: number;
  },
): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'allowed_signers'), trust.lines.map((line) => `${line}\n`).join(''));
  const { version = 1, threshold = 1 } = trust;
  const policy = { schemaVersion: 1, version, threshold, channels: ['*'] };
  await writeFile(join(folder, 'policy.yaml'), JSON.stringify(policy));
  return folder;
}
