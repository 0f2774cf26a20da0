import { join } from 'node:path';
import type { Secret } from '../../server/contract/secret.js';
import { WireOfflineError } from '../errors.js';
import { invalidKey, readPrivateKey, type PrivateKeyFile } from './private-key.js';
import { isUsablePrivateKey, type SshCredential } from './ssh.js';

export interface CredentialOptions {
  /** The key files that the operator named. */
  readonly keyFiles: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks the person at the terminal; absent where nobody sits there. */
  readonly ask: ((question: string) => Promise<Secret>) | undefined;
}

/** What OpenSSH takes where nobody names a key. Source: ssh(1), -i. */
const usualKeyFiles = ['.ssh/id_ed25519', '.ssh/id_ecdsa', '.ssh/id_rsa'] as const;

/**
 * What to offer to hosts, in this order: the keys that were named, what the agent holds, and where none was named the
 * usual keys of the user. Passphrases are asked for once, at a terminal and nowhere else.
 *
 * @throws {WireOfflineError} SSH_KEY_MISSING, SSH_KEY_INVALID, SSH_KEY_TOO_READABLE, SSH_KEY_NEEDS_PASSPHRASE
 */
export async function readCredentials(
  options: CredentialOptions,
): Promise<readonly SshCredential[]> {
  const { keyFiles, env } = options;
  const socket = env['SSH_AUTH_SOCK'] ?? '';
  const agent: SshCredential[] = socket === '' ? [] : [{ kind: 'agent', socket }];
  const named: SshCredential[] = [];
  for (const file of keyFiles) named.push(...(await namedKey(file, { ...options, agent })));
  const usual = keyFiles.length > 0 ? [] : await usualKeys({ ...options, agent });
  const credentials = [...named, ...agent, ...usual];
  if (credentials.length > 0) return credentials;
  throw missing(join(env['HOME'] ?? '', usualKeyFiles[0]));
}

interface KeyOptions extends CredentialOptions {
  readonly agent: readonly SshCredential[];
}

async function namedKey(file: string, options: KeyOptions): Promise<SshCredential[]> {
  const key = await readPrivateKey(file);
  if (key === undefined) throw missing(file);
  const opened = await openKey(key, options);
  if (opened !== undefined) return [opened];
  // The agent may hold it, in which case no passphrase is needed.
  if (options.agent.length > 0) return [];
  throw new WireOfflineError('SSH_KEY_NEEDS_PASSPHRASE', {
    message: `SSH key ${file}: expected a terminal to ask for its passphrase at, or an agent that holds it, got neither`,
    hint: `run this at a terminal, or load the key first: ssh-add ${file}`,
  });
}

async function usualKeys(options: KeyOptions): Promise<SshCredential[]> {
  const keys: SshCredential[] = [];
  for (const name of usualKeyFiles) {
    const key = await readPrivateKey(join(options.env['HOME'] ?? '/', name));
    // Nobody named it: a question would surprise where an agent is there to be asked.
    if (key === undefined || (key.encrypted && options.agent.length > 0)) continue;
    const opened = await openKey(key, options);
    if (opened !== undefined) keys.push(opened);
  }
  return keys;
}

/** The key as it can be used, or nothing where it needs a passphrase that nobody can be asked for. */
async function openKey(
  { file, text: privateKey, encrypted }: PrivateKeyFile,
  { ask }: KeyOptions,
): Promise<SshCredential | undefined> {
  if (encrypted && ask === undefined) return undefined;
  const passphrase = encrypted ? await ask?.(`passphrase of ${file}:`) : undefined;
  if (!isUsablePrivateKey(privateKey, passphrase))
    throw invalidKey(file, encrypted ? 'another passphrase' : 'one that cannot be read');
  return { kind: 'key', privateKey, passphrase };
}

function missing(file: string): WireOfflineError {
  return new WireOfflineError('SSH_KEY_MISSING', {
    message: `SSH key ${file}: expected a private key there or an agent, got neither`,
    hint: 'name one with --ssh-key, or make one: ssh-keygen -t ed25519',
  });
}
