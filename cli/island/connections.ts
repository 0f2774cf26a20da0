import type { Island, IslandHost } from './island.js';
import type { Role } from './roles.js';

/** A port that hosts of one role must reach on hosts of another. */
export interface PortRule {
  /** `every`: each host of the island; `clients`: what stands outside of it. */
  readonly from: Role | 'every' | 'clients';
  readonly to: Role | 'every';
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** The last one of a range. */
  readonly lastPort?: number;
  readonly why: string;
}

/** One port that one host must reach on another. */
export interface Connection extends Pick<PortRule, 'protocol' | 'port' | 'why'> {
  readonly from: IslandHost;
  readonly to: IslandHost;
}

/** All ports that this island's hosts need of one another and clients of them; SSH is each host's own affair. */
export function portRules({ turn }: Pick<Island, 'turn'>): readonly PortRule[] {
  const { from, to } = turn.ports;
  return [
    ...fixedRules,
    ...turnRules(turn.tls),
    {
      from: 'clients',
      to: 'turn',
      protocol: 'udp',
      port: from,
      lastPort: to,
      why: 'relayed calls',
    },
  ];
}

/** Every connection between two different hosts that must work, each once. */
export function connections(island: Island): readonly Connection[] {
  const has = (host: IslandHost, role: PortRule['from']): boolean =>
    role === 'every' || (role !== 'clients' && host.roles.includes(role));
  return portRules(island).flatMap(({ from: source, to: target, protocol, port, why }) =>
    island.hosts.flatMap((from) =>
      island.hosts.flatMap((to) =>
        from !== to && has(from, source) && has(to, target)
          ? [{ from, to, protocol, port, why }]
          : [],
      ),
    ),
  );
}

/** Sources: each program's defaults; its documentation calls them so. */
const fixedRules: readonly PortRule[] = [
  tcp('every', 'assets', 443, 'bundle content'),
  { from: 'every', to: 'assets', protocol: 'udp', port: 123, why: 'time' },
  tcp('etcd', 'etcd', 2380, 'etcd members'),
  tcp('kubernetes', 'etcd', 2379, 'etcd clients'),
  tcp('kubernetes', 'kubernetes', 6443, 'Kubernetes API'),
  tcp('kubernetes', 'kubernetes', 10_250, 'kubelet'),
  { from: 'kubernetes', to: 'kubernetes', protocol: 'udp', port: 8472, why: 'pod network (VXLAN)' },
  tcp('cassandra', 'cassandra', 7000, 'Cassandra members'),
  tcp('kubernetes', 'cassandra', 9042, 'CQL'),
  tcp('search', 'search', 9300, 'search members'),
  tcp('kubernetes', 'search', 9200, 'search'),
  tcp('objects', 'objects', 9000, 'object store members'),
  tcp('kubernetes', 'objects', 9000, 'object store'),
  tcp('kubernetes', 'redis', 6379, 'Redis'),
  tcp('kubernetes', 'turn', 3478, 'TURN'),
  tcp('clients', 'kubernetes', 443, 'clients'),
  tcp('clients', 'turn', 3478, 'TURN'),
  { from: 'clients', to: 'turn', protocol: 'udp', port: 3478, why: 'TURN' },
];

function turnRules(tls: boolean): readonly PortRule[] {
  return tls ? [tcp('clients', 'turn', 5349, 'TURN over TLS')] : [];
}

function tcp(from: PortRule['from'], to: PortRule['to'], port: number, why: string): PortRule {
  return { from, to, protocol: 'tcp', port, why };
}
