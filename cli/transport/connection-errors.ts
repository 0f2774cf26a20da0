import { WireOfflineError, hasSystemCode, type ErrorCode } from '../errors.js';
import type { SshEndpoint } from '../island/island.js';

/** How far a connection had come when it failed. */
export type ConnectionStage = 'connecting' | 'open';

/**
 * What went wrong with a connection, by the system's code or by the level that ssh2 gives.
 * Codes: HOST_REFUSED, HOST_TIMEOUT, HOST_UNREACHABLE, HOST_AUTH_REFUSED, HOST_LOST.
 */
export function connectionError(
  endpoint: SshEndpoint,
  stage: ConnectionStage,
  cause: unknown,
): WireOfflineError {
  if (cause instanceof WireOfflineError) return cause;
  const { code, got, hint } = stage === 'open' ? lost : kindOf(cause);
  const said = cause instanceof Error ? ` (${cause.message})` : '';
  return new WireOfflineError(code, {
    message: `host ${endpoint.name} at ${endpoint.address} port ${String(endpoint.port)}: expected an SSH session as ${endpoint.user}, got ${got}${said}`,
    hint,
    cause,
  });
}

interface Kind {
  readonly code: ErrorCode;
  readonly got: string;
  readonly hint: string;
}

const lost: Kind = {
  code: 'HOST_LOST',
  got: 'a connection that broke',
  hint: 'look at the network between here and the host, then run the same command again: it goes on where it stopped',
};

function kindOf(cause: unknown): Kind {
  const level = levelOf(cause);
  if (level === 'client-authentication' || level === 'agent')
    return {
      code: 'HOST_AUTH_REFUSED',
      got: 'a host that takes none of the keys offered',
      hint: 'name the key with --ssh-key, or load it with ssh-add; its public half must stand in authorized_keys of that user',
    };
  if (hasSystemCode(cause, 'ECONNREFUSED'))
    return {
      code: 'HOST_REFUSED',
      got: 'a refusal',
      hint: 'see that sshd runs there on this port: systemctl status ssh',
    };
  if (level === 'client-timeout' || hasSystemCode(cause, 'ETIMEDOUT'))
    return {
      code: 'HOST_TIMEOUT',
      got: 'no answer in time',
      hint: 'see that the host is up and that no firewall is between: its port must be reachable from here',
    };
  if (level === 'client-dns' || hasSystemCode(cause, 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND'))
    return {
      code: 'HOST_UNREACHABLE',
      got: 'no way there',
      hint: 'check the address in the island file and the route to it',
    };
  return {
    code: 'HOST_LOST',
    got: 'a connection that ended before the session was there',
    hint: 'see that an OpenSSH server listens on this port, and what it logs: journalctl -u ssh',
  };
}

/** ssh2 says with this where in the protocol it failed. */
function levelOf(cause: unknown): unknown {
  return cause instanceof Error && 'level' in cause ? cause.level : undefined;
}
