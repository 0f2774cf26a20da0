import { join } from 'node:path';
import { WireOfflineError } from '../errors.js';
import { runLocal, type LocalResult } from '../transport/local.js';
import type { Namespace } from './namespaces.js';
import { momentText } from './validity.js';

type Env = Readonly<Record<string, string | undefined>>;

/** What every call takes: the run's environment, of which little is passed on, and its signal. */
export interface KeygenRun {
  readonly env: Env;
  readonly signal: AbortSignal;
}

export interface VerifyRequest extends KeygenRun {
  readonly allowedSignersFile: string;
  readonly revokedFile: string | undefined;
  readonly signatureFile: string;
  readonly identity: string;
  readonly namespace: Namespace;
  readonly now: Date;
  readonly message: Uint8Array;
}

/** Whether `ssh-keygen` accepts a signature in full: cryptography, namespace, signer, validity and revocation. */
export async function isAccepted(request: VerifyRequest): Promise<boolean> {
  const { allowedSignersFile, signatureFile, identity, namespace, revokedFile } = request;
  const { exitCode } = await keygen(request, {
    words: [
      ...['-Y', 'verify', '-n', namespace, '-I', identity],
      ...['-f', allowedSignersFile, '-s', signatureFile],
      ...(revokedFile === undefined ? [] : ['-r', revokedFile]),
      `-Overify-time=${momentText(request.now)}`,
    ],
    input: request.message,
  });
  return exitCode === 0;
}

/** Whether a signature is one over these bytes for this namespace by the key it names, whoever's key that is. */
export async function isGenuine(
  request: Pick<VerifyRequest, 'signatureFile' | 'namespace' | 'message'> & KeygenRun,
): Promise<boolean> {
  const words = ['-Y', 'check-novalidate', '-n', request.namespace, '-s', request.signatureFile];
  const { exitCode } = await keygen(request, { words, input: request.message });
  return exitCode === 0;
}

/**
 * Whether a key revocation list names a key.
 *
 * @throws {WireOfflineError} TRUST_INVALID where the list cannot be read.
 */
export async function isRevoked(
  request: { readonly revokedFile: string; readonly publicKeyFile: string } & KeygenRun,
): Promise<boolean> {
  const words = ['-Q', '-f', request.revokedFile, request.publicKeyFile];
  const { exitCode, stderr } = await keygen(request, { words });
  // Source: OpenSSH ssh-keygen.c, do_check_krl: 0 for none revoked, 1 for one revoked, 255 for a list that is no list.
  if (exitCode === 0 || exitCode === 1) return exitCode === 1;
  throw new WireOfflineError('TRUST_INVALID', {
    message: `revoked.krl: expected a key revocation list, got ${stderr.trim()}`,
    hint: 'make it again: ssh-keygen -k -f revoked.krl KEY.pub',
  });
}

export interface SignRequest extends KeygenRun {
  /** A private key, or a public key whose private half an agent holds. */
  readonly keyFile: string;
  readonly namespace: Namespace;
  readonly message: Uint8Array;
  /** Whether a person is there who can type a passphrase or touch a key. */
  readonly terminal: boolean;
}

/** Signs bytes and gives what `ssh-keygen` said: the armored signature on its standard output. */
export async function makeSignature(request: SignRequest): Promise<LocalResult> {
  const { keyFile, namespace, message, terminal } = request;
  return keygen(request, {
    words: ['-Y', 'sign', '-q', '-n', namespace, '-f', keyFile],
    input: message,
    terminal,
  });
}

export interface GenerateRequest extends KeygenRun {
  readonly folder: string;
  readonly identity: string;
  /** `ask`: `ssh-keygen` asks for it at the terminal. */
  readonly passphrase: 'ask' | 'none';
}

/** Makes an Ed25519 key `folder/identity` and its `.pub`, and gives what `ssh-keygen` said. */
export async function makeKey(request: GenerateRequest): Promise<LocalResult> {
  const { folder, identity, passphrase } = request;
  const file = join(folder, identity);
  const empty = passphrase === 'none' ? ['-N', ''] : [];
  return keygen(request, {
    words: ['-q', '-t', 'ed25519', '-C', identity, '-f', file, ...empty],
    terminal: passphrase === 'ask',
  });
}

/** What `ssh-add -L` tells of the agent's keys: a public key a line; nothing where there is no agent. */
export async function agentKeys({ env, signal }: KeygenRun): Promise<readonly string[]> {
  if (env['SSH_AUTH_SOCK'] === undefined) return [];
  const { exitCode, stdout } = await runLocal({
    argv: ['ssh-add', '-L'],
    env: quietEnvironment(env),
    terminal: 'none',
    signal,
    from: 'openssh-client',
  });
  return exitCode === 0 ? stdout.trim().split('\n') : [];
}

interface Keygen {
  readonly words: readonly string[];
  readonly input?: Uint8Array;
  readonly terminal?: boolean;
}

async function keygen(run: KeygenRun, { words, input, terminal }: Keygen): Promise<LocalResult> {
  return runLocal({
    argv: ['ssh-keygen', ...words],
    env: quietEnvironment(run.env),
    ...(input === undefined ? {} : { input }),
    terminal: terminal === true ? 'shared' : 'none',
    signal: run.signal,
    from: 'openssh-client',
  });
}

/** What `ssh-keygen` needs and no more: no window ever asks for a passphrase, and times are UTC. */
function quietEnvironment(env: Env): Env {
  const passed = ['PATH', 'HOME', 'SSH_AUTH_SOCK', 'SSH_SK_PROVIDER', 'SSH_SK_HELPER'];
  const kept = passed.map((name) => [name, env[name]] as const);
  return { ...Object.fromEntries(kept), SSH_ASKPASS_REQUIRE: 'never', LC_ALL: 'C', TZ: 'UTC' };
}
