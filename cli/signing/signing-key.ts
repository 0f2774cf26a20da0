import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { WireOfflineError, hasSystemCode } from '../errors.js';
import { parsePublicKey, publicKeyOf, type PublicKey } from './public-key.js';
import { agentKeys, type KeygenRun } from './ssh-keygen.js';
import { SshReader } from './ssh-wire.js';

/** A key that can sign now, by its file. */
export interface SigningKey {
  readonly file: string;
  readonly key: PublicKey;
}

export interface SigningKeyOptions extends KeygenRun {
  readonly keyFile: string;
  /** Whether a person is there who can type a passphrase. */
  readonly terminal: boolean;
}

const begin = '-----BEGIN OPENSSH PRIVATE KEY-----\n';

/** Holds the head of any private key and the whole of any public one. */
const headBytes = 4096;

/**
 * Checks that a key can sign, before hours are spent on what it is to sign: a private key that only its owner can
 * read, or a public key whose private half an agent holds.
 *
 * @throws {WireOfflineError} KEY_MISSING, KEY_IS_PUBLIC, KEY_INVALID, KEY_TOO_READABLE, KEY_NEEDS_PASSPHRASE
 */
export async function readSigningKey(options: SigningKeyOptions): Promise<SigningKey> {
  const { keyFile: file, terminal } = options;
  const { text, mode } = await readHead(file);
  const publicKey = parsePublicLine(text);
  if (publicKey !== undefined) {
    if (await isInAgent(options, publicKey)) return { file, key: publicKey };
    throw isPublic(file);
  }
  const header = text.startsWith(begin) ? parsePrivateHeader(text) : undefined;
  if (header === undefined) throw isNoKey(file);
  if ((mode & 0o077) !== 0) throw isTooReadable(file, mode);
  const { key, encrypted } = header;
  if (encrypted && !terminal && !(await isInAgent(options, key))) throw needsPassphrase(file);
  return { file, key };
}

const unreadableCodes = ['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG', 'ENXIO'];

async function readHead(file: string): Promise<{ text: string; mode: number }> {
  try {
    // A pipe that nobody writes to must not be waited for.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw isNoKey(file);
      const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(headBytes) });
      return { text: buffer.toString('latin1', 0, bytesRead), mode: stats.mode };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (!hasSystemCode(cause, ...unreadableCodes)) throw cause;
    throw new WireOfflineError('KEY_MISSING', {
      message: `key ${file}: expected a private key that can be read, got ${cause instanceof Error ? cause.message : ''}`,
      hint: 'name a private key, or make one: wire-offline key generate --out DIR --identity NAME',
      cause,
    });
  }
}

function parsePublicLine(text: string): PublicKey | undefined {
  const [type = '', base64 = ''] = text.trimEnd().split(' ');
  return parsePublicKey(type, base64);
}

/** What stands in clear before a private key's secret part. Source: OpenSSH, PROTOCOL.key, section 1. */
function parsePrivateHeader(text: string): { key: PublicKey; encrypted: boolean } | undefined {
  const [body = ''] = text.slice(begin.length).split('-----');
  const reader = new SshReader(Buffer.from(body, 'base64'));
  const magic = reader.raw(15);
  if (magic === undefined || Buffer.from(magic).toString('latin1') !== 'openssh-key-v1\0')
    return undefined;
  const cipher = reader.text();
  reader.string(); // the key derivation's name
  reader.string(); // and its options
  if (cipher === undefined || reader.uint32() !== 1) return undefined;
  const bytes = reader.string();
  const key = bytes && publicKeyOf(bytes);
  return key && { key, encrypted: cipher !== 'none' };
}

async function isInAgent(run: KeygenRun, { type, base64 }: PublicKey): Promise<boolean> {
  const words = `${type} ${base64}`;
  return (await agentKeys(run)).some((line) => line === words || line.startsWith(`${words} `));
}

function isPublic(file: string): WireOfflineError {
  return new WireOfflineError('KEY_IS_PUBLIC', {
    message: `key ${file}: expected a private key, got a public key that no agent holds the private half of`,
    hint: file.endsWith('.pub')
      ? `try: --key ${file.slice(0, -'.pub'.length)}`
      : 'name the file without .pub, or load the key: ssh-add KEY',
  });
}

function isNoKey(file: string): WireOfflineError {
  return new WireOfflineError('KEY_INVALID', {
    message: `key ${file}: expected an OpenSSH private key (Ed25519, ECDSA or a hardware key), got something else`,
    hint: 'make one: wire-offline key generate --out DIR --identity NAME',
  });
}

function isTooReadable(file: string, mode: number): WireOfflineError {
  return new WireOfflineError('KEY_TOO_READABLE', {
    message: `key ${file}: expected that only its owner can read it (0600), got ${(mode & 0o777).toString(8).padStart(4, '0')}`,
    hint: `chmod 600 ${file}, and think about who may have read it`,
  });
}

function needsPassphrase(file: string): WireOfflineError {
  return new WireOfflineError('KEY_NEEDS_PASSPHRASE', {
    message: `key ${file}: expected a terminal to ask for its passphrase at, or an agent that holds it, got neither`,
    hint: `run this at a terminal, or load the key first: ssh-add ${file}`,
  });
}
