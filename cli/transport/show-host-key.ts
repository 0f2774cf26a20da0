import type { Duplex } from 'node:stream';
import { WireOfflineError } from '../errors.js';
import { hostKeyOf, hostKeyTypes, type HostKey } from '../island/host-key.js';
import type { SshEndpoint } from '../island/island.js';
import { connectionError } from './connection-errors.js';
import { openSsh } from './ssh.js';

export interface ShowHostKey {
  readonly endpoint: SshEndpoint;
  /** The stream of a jump host; a TCP connection of its own where absent. */
  readonly through?: Duplex;
  readonly signal: AbortSignal;
}

/** One round trip and a handshake: a host that takes longer is not there. */
const timing = { readyTimeoutMs: 10_000, keepaliveEveryMs: 0, keepaliveMisses: 0 } as const;

/**
 * The preferred host key that a host shows, proven by its signature over this very handshake. Nobody logs in: nothing
 * is offered to the host, and nothing it says is trusted.
 *
 * @throws {WireOfflineError} HOST_REFUSED, HOST_TIMEOUT, HOST_UNREACHABLE, HOST_LOST
 */
export async function showHostKey(options: ShowHostKey): Promise<HostKey> {
  let shown: HostKey | undefined;
  const verifier = {
    keyTypes: hostKeyTypes,
    verify: (offered: Uint8Array) => {
      shown = hostKeyOf(offered);
    },
  };
  try {
    (await openSsh({ ...options, verifier, credentials: [], timing })).close();
  } catch (error) {
    // It comes after the handshake, and is how it must end where nothing is offered.
    if (!(error instanceof WireOfflineError) || error.code !== 'HOST_AUTH_REFUSED') throw error;
  }
  if (shown !== undefined) return shown;
  const cause = new Error(`expected a key of type ${hostKeyTypes.join(', ')}`);
  throw connectionError(options.endpoint, 'connecting', cause);
}
