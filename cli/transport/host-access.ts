import type { Secret } from '../../server/contract/secret.js';
import { WireOfflineError } from '../errors.js';
import type { IslandHost } from '../island/island.js';
import { readCredentials, type CredentialOptions } from './credentials.js';
import type { SshCredential } from './ssh.js';

/** What proves who we are on an island's hosts. */
export interface HostAccess {
  readonly credentials: readonly SshCredential[];
  /** What sudo asks for, where it does; one operator has one password on all hosts. */
  readonly sudoPassword: Secret | undefined;
}

/**
 * Gathers what the hosts of an island will ask for, before the first is reached.
 *
 * @throws {WireOfflineError} SUDO_NEEDS_PASSWORD, and the codes of `readCredentials`
 */
export async function readHostAccess(
  hosts: readonly IslandHost[],
  options: CredentialOptions,
): Promise<HostAccess> {
  const credentials = await readCredentials(options);
  const asking = hosts.find(({ sudo, user }) => sudo === 'prompt' && user !== 'root');
  if (asking === undefined) return { credentials, sudoPassword: undefined };
  if (options.ask === undefined) throw noTerminal(asking);
  return { credentials, sudoPassword: await options.ask(`password of sudo for ${asking.user}:`) };
}

function noTerminal({ name }: IslandHost): WireOfflineError {
  return new WireOfflineError('SUDO_NEEDS_PASSWORD', {
    message: `host ${name}: expected a terminal to ask for the password of sudo at, got none`,
    hint: 'run this at a terminal, or let sudo work there without a password and say sudo: none in the island file',
  });
}
