import { randomUUID } from 'node:crypto';
import { WireOfflineError } from '../errors.js';
import { connections, type Connection } from '../island/connections.js';
import type { Island, IslandHost } from '../island/island.js';
import { onEach } from '../transport/connect-hosts.js';
import type { RemoteHost } from '../transport/remote-host.js';
import { remoteLines } from '../transport/remote-lines.js';
import { listenScript } from './listen-script.js';
import { probeScript } from './probe-script.js';
import type { Probed, Reach } from './survey.js';

/** A probe gives up by itself long before; this bounds a host that hangs. */
const probeTimeoutSec = 100;

/** Listeners on one host, until they are closed. */
interface Listeners {
  readonly host: IslandHost;
  /** `tcp:443` of each port that another program has. */
  readonly taken: ReadonlySet<string>;
  readonly close: () => Promise<void>;
}

/** A host that can be asked, and the MTU of its link. */
export interface ProbingHost {
  readonly remote: RemoteHost;
  readonly mtu: number;
}

/**
 * Tries every port that these hosts need of one another: opens listeners on all of them for a moment, and has each
 * host reach those of the others.
 *
 * @throws {WireOfflineError} REMOTE_FAILED, REMOTE_STATE_INVALID, HOST_LOST
 */
export async function probeConnections(
  island: Island,
  hosts: readonly ProbingHost[],
): Promise<readonly Probed[]> {
  const isAsked = (host: IslandHost): boolean => hosts.some(({ remote }) => remote.host === host);
  const wanted = connections(island).filter(({ from, to }) => isAsked(from) && isAsked(to));
  const token = randomUUID();
  const open: Listeners[] = [];
  try {
    await onEach(
      hosts.map(({ remote }) => remote),
      async (remote) => {
        open.push(await listen(remote, { wanted, token }));
      },
    );
    const mtus = new Map(hosts.map(({ remote, mtu }) => [remote, mtu]));
    const probed = await onEach([...mtus.keys()], (remote) => {
      const own = wanted.filter(({ from }) => from === remote.host);
      return probe(remote, { own, open, token, mtu: mtus.get(remote) ?? 0 });
    });
    return probed.flat();
  } finally {
    await Promise.all(open.map(({ close }) => close()));
  }
}

async function listen(
  remote: RemoteHost,
  { wanted, token }: { readonly wanted: readonly Connection[]; readonly token: string },
): Promise<Listeners> {
  const { host } = remote;
  const own = wanted.filter(({ to }) => to === host);
  const ports = new Set(own.map((one) => `port=${placeOf(one)}`));
  const peers = new Set(own.map(({ from }) => `peer=${from.address}`));
  const argv = ['perl', '-e', listenScript, token, ...ports, ...peers] as const;
  const child = await remote.start({ argv, lane: 'whole-run' });
  const taken = new Set<string>();
  const lines = remoteLines(child.stdout);
  for (;;) {
    const line = String((await lines.next()).value);
    if (line === 'ready') break;
    const { protocol, port } = /^taken (?<protocol>tcp|udp) (?<port>\d+)$/.exec(line)?.groups ?? {};
    if (protocol === undefined || port === undefined) {
      child.stdin.end();
      const [exitCode] = await Promise.all([child.exited, readOn(lines)]);
      throw remote.failed('the listeners', { exitCode, stderr: child.stderr() });
    }
    taken.add(`${protocol}:${port}`);
  }
  const close = async (): Promise<void> => {
    child.stdin.end();
    // A channel ends only for those who read on; one that broke has ended there too.
    await Promise.allSettled([readOn(lines), child.exited]);
  };
  return { host, taken, close };
}

async function readOn(lines: AsyncGenerator<string>): Promise<void> {
  while ((await lines.next()).done !== true);
}

interface ProbeOptions {
  readonly own: readonly Connection[];
  readonly open: readonly Listeners[];
  readonly token: string;
  readonly mtu: number;
}

async function probe(remote: RemoteHost, options: ProbeOptions): Promise<readonly Probed[]> {
  const { own, open, token, mtu } = options;
  const words = new Map(own.map((connection) => [connection, wordFor(connection, open)]));
  const asked = new Set([...words.values()].filter((word) => word !== undefined));
  if (asked.size === 0) return own.map((connection) => ({ connection, reach: 'unknown' }));
  const stdout = await remote.mustRun({
    argv: [
      ...(['timeout', String(probeTimeoutSec), 'perl', '-e', probeScript] as const),
      ...[token, String(mtu), ...asked],
    ],
  });
  const outcomes = new Map(stdout.split('\n').map(parseOutcome));
  return own.map((connection) => {
    const word = words.get(connection);
    const reach = word === undefined ? 'unknown' : outcomes.get(word);
    if (reach === undefined) throw unanswered(remote, stdout);
    return { connection, reach };
  });
}

/** How a port is tried: a UDP port that another program has cannot be. */
function wordFor(connection: Connection, open: readonly Listeners[]): string | undefined {
  const { to, protocol, port } = connection;
  const isTaken = open.find(({ host }) => host === to)?.taken.has(placeOf(connection));
  const how = isTaken === true ? 'connect' : protocol;
  if (isTaken === true && protocol === 'udp') return undefined;
  return `${how}:${to.address}:${String(port)}`;
}

function parseOutcome(line: string): readonly [string, Reach | undefined] {
  const [how = '', address = '', port = '', outcome = ''] = line.split(' ');
  return [`${how}:${address}:${port}`, reaches.find((reach) => reach === outcome)];
}

const reaches = ['reached', 'refused', 'silent', 'unreachable', 'stalled'] as const;

function placeOf({ protocol, port }: Pick<Connection, 'protocol' | 'port'>): string {
  return `${protocol}:${String(port)}`;
}

function unanswered({ host }: RemoteHost, stdout: string): WireOfflineError {
  return new WireOfflineError('REMOTE_STATE_INVALID', {
    message: `host ${host.name}: expected to hear of every port that it tried, got ${stdout.slice(0, 200)}`,
    hint: 'see that perl-base is as Debian made it',
  });
}
