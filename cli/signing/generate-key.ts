import { link, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WireOfflineError, hasSystemCode } from '../errors.js';
import { makeFolder } from '../store/make-folder.js';
import { allowedSignersLine } from './allowed-signers.js';
import { assertIdentity } from './identity.js';
import { fingerprintOf, parsePublicKey, type PublicKey } from './public-key.js';
import { makeKey, type KeygenRun } from './ssh-keygen.js';
import { readTrustFolder } from './trust-folder.js';
import { firstPolicyText } from './trust-policy.js';

export interface GenerateKeyOptions extends KeygenRun {
  readonly out: string;
  readonly identity: string;
  /** `ask`: at the terminal, by `ssh-keygen`. */
  readonly passphrase: 'ask' | 'none';
}

export interface GeneratedKey {
  readonly identity: string;
  readonly fingerprint: string;
  readonly privateKeyFile: string;
  readonly trustFolder: string;
}

/**
 * Makes an Ed25519 key `OUT/private/NAME` and adds its owner to the trust folder `OUT/trust`, which it makes where
 * there is none. Nothing is ever overwritten, and nothing is left behind where it fails.
 *
 * @throws {WireOfflineError} USAGE_INVALID (identity), KEY_EXISTS, KEY_TOO_READABLE, KEY_NOT_MADE, OUTPUT_NOT_WRITABLE,
 * and what `readTrustFolder` throws where the trust folder that is there is none.
 */
export async function generateKey(options: GenerateKeyOptions): Promise<GeneratedKey> {
  const { out, identity } = options;
  assertIdentity(identity);
  const places = placesOf(out, identity);
  await refuseExisting(places, identity);
  const made: string[] = [];
  try {
    await makeFolders(places, made);
    const key = await writeKey(places, options, made);
    const { privateKeyFile, trustFolder } = places;
    return { identity, fingerprint: fingerprintOf(key), privateKeyFile, trustFolder };
  } catch (thrown) {
    for (const path of made.reverse()) await rm(path, { recursive: true, force: true });
    throw unwritable(out, thrown);
  }
}

interface Places {
  readonly out: string;
  readonly privateFolder: string;
  readonly privateKeyFile: string;
  readonly trustFolder: string;
  readonly publicKeyFile: string;
  readonly allowedSignersFile: string;
  readonly policyFile: string;
}

function placesOf(out: string, identity: string): Places {
  const [privateFolder, trustFolder] = [join(out, 'private'), join(out, 'trust')];
  return {
    out,
    privateFolder,
    trustFolder,
    privateKeyFile: join(privateFolder, identity),
    publicKeyFile: join(trustFolder, `${identity}.pub`),
    allowedSignersFile: join(trustFolder, 'allowed_signers'),
    policyFile: join(trustFolder, 'policy.yaml'),
  };
}

async function refuseExisting(places: Places, identity: string): Promise<void> {
  for (const file of [places.privateKeyFile, places.publicKeyFile])
    if (await modeOf(file)) throw exists(file);
  const folderMode = await modeOf(places.privateFolder);
  if (folderMode !== undefined && (folderMode & 0o077) !== 0)
    throw new WireOfflineError('KEY_TOO_READABLE', {
      message: `${places.privateFolder}: expected a folder that only its owner can open (0700), got ${(folderMode & 0o777).toString(8)}`,
      hint: `chmod 700 ${places.privateFolder}`,
    });
  if ((await modeOf(places.trustFolder)) === undefined) return;
  const { signers } = await readTrustFolder(places.trustFolder);
  if (signers.some((signer) => signer.identity === identity))
    throw exists(`${identity} in ${places.allowedSignersFile}`);
}

async function makeFolders(places: Places, made: string[]): Promise<void> {
  for (const [folder, mode] of [
    [places.privateFolder, 0o700],
    [places.trustFolder, 0o755],
  ] as const) {
    const first = await makeFolder(folder, mode);
    if (first !== undefined) made.push(first);
  }
}

async function writeKey(
  places: Places,
  options: GenerateKeyOptions,
  made: string[],
): Promise<PublicKey> {
  const { identity } = options;
  const folder = await mkdtemp(join(places.privateFolder, '.new-'));
  try {
    const { exitCode, stderr } = await makeKey({ ...options, folder });
    if (exitCode !== 0) throw notMade(exitCode, stderr);
    const publicLine = await readFile(join(folder, `${identity}.pub`), 'utf8');
    const [type = '', base64 = ''] = publicLine.split(' ');
    const key = parsePublicKey(type, base64);
    if (key === undefined) throw notMade(exitCode, publicLine);
    // A link, unlike a rename, never replaces a file that came to be meanwhile.
    await link(join(folder, identity), places.privateKeyFile);
    made.push(places.privateKeyFile);
    await writeTrust(places, { publicLine, line: allowedSignersLine(identity, key) }, made);
    return key;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The line in `allowed_signers` comes last: until then the trust folder says what it said before. */
async function writeTrust(
  places: Places,
  { publicLine, line }: { readonly publicLine: string; readonly line: string },
  made: string[],
): Promise<void> {
  const first = (await modeOf(places.allowedSignersFile)) === undefined;
  const before = first ? '' : await readFile(places.allowedSignersFile, 'latin1');
  if (first) {
    await writeFile(places.policyFile, firstPolicyText(), { flag: 'wx', flush: true });
    made.push(places.policyFile);
  }
  await writeFile(places.publicKeyFile, publicLine, { flag: 'wx', flush: true });
  made.push(places.publicKeyFile);
  const next = `${places.allowedSignersFile}.new`;
  made.push(next);
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  await writeFile(next, `${before}${gap}${line}`, { flush: true });
  await rename(next, places.allowedSignersFile);
}

async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode;
  } catch (cause) {
    if (hasSystemCode(cause, 'ENOENT', 'ENOTDIR')) return undefined;
    throw cause;
  }
}

function exists(what: string, cause?: unknown): WireOfflineError {
  return new WireOfflineError('KEY_EXISTS', {
    message: `${what}: expected nothing there yet, found one`,
    hint: 'choose another --identity or --out: keys are never overwritten',
    cause,
  });
}

function notMade(exitCode: number, said: string): WireOfflineError {
  return new WireOfflineError('KEY_NOT_MADE', {
    message:
      `ssh-keygen: expected a new key, got exit status ${String(exitCode)}\n${said.trim()}`.trimEnd(),
    hint: 'its own words are above',
  });
}

function unwritable(out: string, thrown: unknown): unknown {
  if (hasSystemCode(thrown, 'EEXIST')) return exists(out, thrown);
  if (!hasSystemCode(thrown, 'EACCES', 'EROFS', 'ENOSPC', 'EPERM', 'ENOTDIR', 'ENAMETOOLONG'))
    return thrown;
  return new WireOfflineError('OUTPUT_NOT_WRITABLE', {
    message: `${out}: expected to write keys there, got ${thrown.message}`,
    hint: 'name another folder: --out DIR',
    cause: thrown,
  });
}
