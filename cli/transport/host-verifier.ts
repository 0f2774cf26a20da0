import { WireOfflineError } from '../errors.js';
import { hostKeyOf, hostKeyText, hostKeyTypes, type HostKey } from '../island/host-key.js';
import type { SshEndpoint } from '../island/island.js';

/** What an endpoint must prove, and what to ask it for. */
export interface HostVerifier {
  /** The kinds of key to ask for, the pinned one first, so that a host with several shows the one we know. */
  readonly keyTypes: readonly string[];
  /** Judges the key that a host offers, as raw bytes; throws where it is not the pinned one. */
  verify(offered: Uint8Array): void;
}

/**
 * The verifier of an endpoint: it knows the pinned key and nothing else, whatever `known_hosts` or a person may say.
 *
 * `verify` throws HOST_KEY_CHANGED.
 *
 * @throws {WireOfflineError} HOST_KEY_UNPINNED where the island file pins no key.
 */
export function hostVerifier(endpoint: SshEndpoint): HostVerifier {
  const { hostKey } = endpoint;
  if (hostKey === undefined) throw unpinned(endpoint);
  const expected = Buffer.from(hostKey.base64, 'base64');
  return {
    keyTypes: [hostKey.type, ...hostKeyTypes.filter((type) => type !== hostKey.type)],
    verify: (offered) => {
      if (!expected.equals(offered)) throw changed(endpoint, hostKey, offered);
    },
  };
}

function unpinned({ name, where }: SshEndpoint): WireOfflineError {
  return new WireOfflineError('HOST_KEY_UNPINNED', {
    message: `host ${name}: expected a pinned host key at ${where}, got none`,
    hint: 'pin it after comparing fingerprints with the machine: wire-offline island scan-keys',
  });
}

function changed(
  { name, address }: SshEndpoint,
  hostKey: HostKey,
  offered: Uint8Array,
): WireOfflineError {
  const got = hostKeyOf(offered);
  return new WireOfflineError('HOST_KEY_CHANGED', {
    message: `host ${name} at ${address}: expected the pinned host key ${hostKeyText(hostKey)}, got ${got === undefined ? 'a key of another kind' : hostKeyText(got)}`,
    hint: 'another machine may be answering at this address: find out why before you pin the new key with wire-offline island scan-keys',
  });
}
