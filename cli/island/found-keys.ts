import { fingerprintOf } from '../signing/public-key.js';
import { WireOfflineError } from '../errors.js';
import type { HostKey } from './host-key.js';
import type { SshEndpoint } from './island.js';

/** A key that a host has shown, beside the one that is pinned. */
export interface FoundKey {
  readonly endpoint: SshEndpoint;
  readonly key: HostKey;
  /** `SHA256:` and the rest, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  /** `new`: none is pinned; `changed`: another one is. */
  readonly state: 'pinned' | 'new' | 'changed';
}

/** How the key that a host shows stands to what is pinned. */
export function compareKey(endpoint: SshEndpoint, key: HostKey): FoundKey {
  const { hostKey } = endpoint;
  const found = { endpoint, key, fingerprint: fingerprintOf(key) };
  if (hostKey === undefined) return { ...found, state: 'new' };
  return { ...found, state: hostKey.base64 === key.base64 ? 'pinned' : 'changed' };
}

/** @throws {WireOfflineError} HOST_KEY_CHANGED for hosts that show another key than the pinned one and were not named */
export function refuseChanged(found: readonly FoundKey[], replace: readonly string[]): void {
  const changed = found.filter(
    ({ state, endpoint }) => state === 'changed' && !replace.includes(endpoint.name),
  );
  const [first] = changed;
  if (first === undefined) return;
  throw new WireOfflineError('HOST_KEY_CHANGED', {
    message: `${String(changed.length)} of ${String(found.length)} hosts: expected the pinned host key, got another`,
    problems: changed.map(({ endpoint, fingerprint }) => ({
      where: `${endpoint.where} ${endpoint.name}`,
      expected: endpoint.hostKey === undefined ? 'none' : fingerprintOf(endpoint.hostKey),
      got: fingerprint,
    })),
    hint: `another machine may be answering: find out why; where the host was installed anew: --replace ${first.endpoint.name}`,
  });
}

/** The error of keys that nobody confirmed; it names their fingerprints, so that they can be compared. */
export function unconfirmed(found: readonly FoundKey[]): WireOfflineError {
  return new WireOfflineError('HOST_KEYS_UNCONFIRMED', {
    message: `${String(found.length)} host keys: expected a person who confirms them, got none; nothing was pinned`,
    problems: found.map(({ endpoint, fingerprint }) => ({
      where: `${endpoint.where} ${endpoint.name}`,
      expected: 'a confirmed fingerprint',
      got: fingerprint,
    })),
    hint: 'run it at a terminal and type yes once they match, or add --yes on a network that you trust',
  });
}
