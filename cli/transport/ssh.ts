import type { Duplex, Readable, Writable } from 'node:stream';
import ssh2, {
  type AnyAuthMethod,
  type Client,
  type ClientChannel,
  type ServerHostKeyAlgorithm,
} from 'ssh2';
import type { Secret } from '../../server/contract/secret.js';
import type { WireOfflineError } from '../errors.js';
import type { SshEndpoint } from '../island/island.js';
import { connectionError } from './connection-errors.js';
import type { HostVerifier } from './host-verifier.js';

/** One way to prove who we are: a private key, or an agent's socket. */
export type SshCredential =
  | { readonly kind: 'key'; readonly privateKey: string; readonly passphrase: Secret | undefined }
  | { readonly kind: 'agent'; readonly socket: string };

export interface SshOptions {
  readonly endpoint: SshEndpoint;
  /** Never absent: without one ssh2 takes any key. */
  readonly verifier: HostVerifier;
  /** Tried in this order. */
  readonly credentials: readonly SshCredential[];
  /** The stream of a jump host; a TCP connection of its own where absent. */
  readonly through?: Duplex;
  readonly signal: AbortSignal;
  readonly timing?: SshTiming;
}

export interface SshTiming {
  /** From the first packet to the session. */
  readonly readyTimeoutMs: number;
  readonly keepaliveEveryMs: number;
  /** Unanswered keepalives after which the connection is taken for dead. */
  readonly keepaliveMisses: number;
}

/** A link of 1 Mbit/s with full buffers answers within half a minute; longer silence is a dead one. */
export const usualTiming: SshTiming = {
  readyTimeoutMs: 20_000,
  keepaliveEveryMs: 15_000,
  keepaliveMisses: 3,
};

/** A program that runs on a host. */
export interface SshProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /**
   * Its exit status once all it said is read; 128 where a signal ended it.
   * Rejects with HOST_LOST where the connection broke before it told one.
   */
  readonly exited: Promise<number>;
  /** Closes the channel; what reads its standard input sees the end. */
  close(): void;
}

/** An authenticated session with one host. */
export interface SshConnection {
  /** Starts the line in the user's login shell. */
  start(line: string): Promise<SshProcess>;
  /** A TCP stream from the host on to another. */
  forward(to: { readonly address: string; readonly port: number }): Promise<Duplex>;
  /** Why the session ended, or nothing while it lives. */
  ended(): WireOfflineError | undefined;
  close(): void;
}

/** Authenticated encryption that the processor helps with; all that Debian's sshd knows. No compression: blobs are. */
const ciphers = [
  ...(['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'] as const),
  ...(['chacha20-poly1305@openssh.com', 'aes256-ctr'] as const),
];

/**
 * Opens a session with a host that shows its pinned key.
 *
 * @throws {WireOfflineError} HOST_KEY_CHANGED, and the codes of `connectionError`; the signal's reason where it aborts.
 */
export async function openSsh(options: SshOptions): Promise<SshConnection> {
  const { endpoint, verifier, signal, timing = usualTiming } = options;
  signal.throwIfAborted();
  const client = new ssh2.Client();
  const state: State = { endpoint, client, stage: 'connecting', failure: undefined };
  const stop = (): void => {
    client.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  client.on('close', () => {
    signal.removeEventListener('abort', stop);
  });
  const ready = readiness(state);
  client.connect({
    ...(options.through === undefined
      ? { host: endpoint.address, port: endpoint.port }
      : { sock: options.through }),
    username: endpoint.user,
    authHandler: options.credentials.map((one) => authMethod(endpoint.user, one)),
    algorithms: {
      cipher: ciphers,
      compress: ['none'],
      serverHostKey: verifier.keyTypes.filter(isHostKeyAlgorithm),
    },
    hostVerifier: (offered: Buffer) =>
      judge(state, () => {
        verifier.verify(offered);
      }),
    readyTimeout: timing.readyTimeoutMs,
    keepaliveInterval: timing.keepaliveEveryMs,
    keepaliveCountMax: timing.keepaliveMisses,
  });
  try {
    await ready;
  } catch (error) {
    client.destroy();
    signal.throwIfAborted();
    throw error;
  }
  return connectionOf(state);
}

/** Whether ssh2 can use a private key, its passphrase included. */
export function isUsablePrivateKey(privateKey: string, passphrase: Secret | undefined): boolean {
  const parsed = ssh2.utils.parseKey(privateKey, passphrase?.reveal());
  return !(parsed instanceof Error) && parsed.isPrivateKey();
}

interface State {
  readonly endpoint: SshEndpoint;
  readonly client: Client;
  stage: 'connecting' | 'open';
  /** The first thing that went wrong; what follows from it says less. */
  failure: WireOfflineError | undefined;
}

function readiness(state: State): Promise<void> {
  const { client, endpoint } = state;
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => {
      state.failure ??= connectionError(endpoint, state.stage, cause);
      reject(state.failure);
    };
    client.on('error', fail);
    client.on('close', () => {
      fail(undefined);
    });
    client.on('ready', () => {
      state.stage = 'open';
      resolve();
    });
  });
}

/** ssh2 wants yes or no; why not is kept for whoever waits. */
function judge(state: State, verify: () => void): boolean {
  try {
    verify();
    return true;
  } catch (error) {
    state.failure ??= connectionError(state.endpoint, state.stage, error);
    return false;
  }
}

function authMethod(username: string, credential: SshCredential): AnyAuthMethod {
  switch (credential.kind) {
    case 'agent':
      return { type: 'agent', username, agent: credential.socket };
    case 'key': {
      const { privateKey: key, passphrase } = credential;
      const opened = passphrase === undefined ? {} : { passphrase: passphrase.reveal() };
      return { type: 'publickey', username, key, ...opened };
    }
  }
}

function connectionOf(state: State): SshConnection {
  const { client, endpoint } = state;
  const lost = (cause?: unknown): WireOfflineError =>
    state.failure ?? connectionError(endpoint, 'open', cause);
  // What is made of the answer is made before the next packet is looked at: it may be the last of this channel.
  const asked = <T, R>(
    ask: (done: (error: Error | undefined, got: T) => void) => void,
    make: (got: T) => R,
  ): Promise<R> =>
    new Promise((resolve, reject) => {
      if (state.failure !== undefined) {
        reject(state.failure);
        return;
      }
      const ended = (): void => {
        reject(lost());
      };
      client.once('close', ended);
      ask((error, got) => {
        client.off('close', ended);
        if (error === undefined) resolve(make(got));
        else reject(lost(error));
      });
    });
  return {
    start: (line) =>
      asked<ClientChannel, SshProcess>(
        (done) => client.exec(line, done),
        (channel) => processOf(channel, lost),
      ),
    forward: ({ address, port }) =>
      asked<ClientChannel, Duplex>(
        (done) => client.forwardOut('127.0.0.1', 0, address, port, done),
        (channel) => channel,
      ),
    ended: () => state.failure,
    close: () => {
      state.failure ??= lost();
      client.end();
    },
  };
}

function processOf(channel: ClientChannel, lost: () => WireOfflineError): SshProcess {
  let status: number | undefined;
  channel.on('exit', (code: number | null) => {
    status = code ?? 128;
  });
  // A channel that breaks tells it by its end, which `exited` reports.
  for (const stream of [channel, channel.stderr]) stream.on('error', () => undefined);
  const exited = new Promise<number>((resolve, reject) => {
    channel.on('close', () => {
      if (status === undefined) reject(lost());
      else resolve(status);
    });
  });
  exited.catch(() => undefined);
  const close = (): void => {
    channel.close();
  };
  return { stdin: channel, stdout: channel, stderr: channel.stderr, exited, close };
}

function isHostKeyAlgorithm(type: string): type is ServerHostKeyAlgorithm {
  return type === 'ssh-ed25519' || type.startsWith('ecdsa-sha2-nistp');
}
