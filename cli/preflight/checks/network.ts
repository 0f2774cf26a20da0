import { portRules, type Connection } from '../../island/connections.js';
import { contains, overlap } from '../../island/fields.js';
import type { Island, IslandHost } from '../../island/island.js';
import type { HostFacts } from '../facts.js';
import { linkOf } from '../link.js';
import type { Probed, Reach } from '../survey.js';
import type { Check, Finding } from '../verdict.js';

/** The pod network's own header takes 50 of it, and IPv6 wants 1280. Source: RFC 7348, section 5; RFC 8200, section 5. */
const minMtu = 1330;

/** Addresses that the host or its neighbours have must not be given to pods or services. */
export const checkNetworks: Check = ({ facts }, { island }) =>
  (['pods', 'services'] as const).map((kind) => {
    const network = island.network[kind];
    const taken = networksOf(facts).filter((own) => overlap(own, network));
    return {
      isOk: taken.length === 0,
      expected: `the network of ${kind}, ${network}, to be used by nobody yet`,
      found: taken.join(', ') || 'unused',
      hint: `choose another range for network.${kind} in the island file`,
    };
  });

/** Its own name must be known, and what is unknown must be told at once: every connection looks names up. */
export const checkNames: Check = ({ facts: { names } }) =>
  names.map(({ name, answer, addresses }) => {
    const isMadeUp = name.endsWith('.invalid');
    const isLocal = name === 'localhost';
    const isRight = isLocal
      ? addresses.some((address) => contains('127.0.0.0/8', address))
      : answer === 'known';
    return {
      isOk: isMadeUp ? answer !== 'late' : isRight,
      expected: isMadeUp
        ? 'a name that does not exist to be told so within 2 s'
        : `${name} to be known${isLocal ? ' as 127.0.0.1' : ''}`,
      found: answer === 'late' ? 'no answer in time' : addresses.join(', ') || 'no address for it',
      hint: isMadeUp
        ? 'take servers that do not answer out of /etc/resolv.conf'
        : `put it into /etc/hosts, or have the servers of /etc/resolv.conf know it; try: getent ahostsv4 ${name}`,
    };
  });

/** Links of different sizes lose what is too large for the smaller; what does not fit on the way is lost too. */
export const checkMtu: Check = ({ host, facts }, { hosts, probes }) => {
  const own = linkOf(host, facts)?.mtu;
  if (own === undefined) return [];
  const all = hosts.flatMap((other) => linkOf(other.host, other.facts)?.mtu ?? []);
  const usual = Math.max(...all);
  return [
    {
      isOk: own === usual && own >= minMtu,
      expected: `an MTU of ${String(Math.max(usual, minMtu))}, as the other hosts have`,
      found: String(own),
      hint: 'set the same MTU on the links of all hosts, and on the switches between them',
    },
    ...probesFrom(host, probes).flatMap(({ connection, reach }): Finding[] =>
      reach !== 'stalled'
        ? []
        : [
            {
              isOk: false,
              expected: `packets of ${String(own)} bytes to reach ${portText(connection)}`,
              found: 'only small ones got through',
              hint: 'find the link on the way whose MTU is smaller: tracepath, or ping -M do -s',
            },
          ],
    ),
  ];
};

/** Each port that this host needs on another, tried for real. */
export const checkReachability: Check = ({ host }, { probes }) =>
  probesFrom(host, probes).map(({ connection, reach }) => ({
    isOk: ['reached', 'stalled', 'unknown'].includes(reach),
    expected: `to reach ${portText(connection)} (${connection.why})`,
    found: reachTexts[reach],
    hint: `let it through between ${host.address} and ${connection.to.address}: look at nft list ruleset on both, and at firewalls between them`,
  }));

/** What the island's programs will listen on must be free. A range is not looked at: who has it takes another port of it. */
export const checkPorts: Check = ({ host, facts }, { island }) =>
  portsOf(host, island).map(({ protocol, port, why }) => {
    const taker = facts.bound.find((one) => one.protocol === protocol && one.port === port);
    return {
      isOk: taker === undefined,
      expected: `port ${String(port)}/${protocol} (${why}) to be free`,
      found: taker === undefined ? 'free' : `taken by ${taker.program ?? 'the kernel'}`,
      hint: `see whose it is and end it: ss -lnp 'sport = :${String(port)}'`,
    };
  });

/** The single ports that programs of a host's roles listen on, each once. */
export function portsOf(
  host: IslandHost,
  island: Island,
): readonly Pick<Connection, 'protocol' | 'port' | 'why'>[] {
  const rules = portRules(island).filter(
    ({ to, lastPort }) => lastPort === undefined && (to === 'every' || host.roles.includes(to)),
  );
  return rules.filter(
    ({ protocol, port }, index) =>
      rules.findIndex((rule) => rule.protocol === protocol && rule.port === port) === index,
  );
}

const reachTexts: Readonly<Record<Reach, string>> = {
  reached: 'it does',
  stalled: 'it does, with small packets',
  unknown: 'another program there, which is told as its own',
  refused: 'refused on the way',
  silent: 'no answer',
  unreachable: 'no route',
};

function probesFrom(host: IslandHost, probes: readonly Probed[]): readonly Probed[] {
  return probes.filter(({ connection }) => connection.from === host);
}

function portText({ to, port, protocol }: Connection): string {
  return `${to.name} port ${String(port)}/${protocol}`;
}

/** Wider routes lead to the rest of the world, whatever they are called. */
const widestPrefixLength = 8;

/** Networks on its links and behind its routes, but not the whole world's. */
function networksOf({ links, routes }: HostFacts): readonly string[] {
  const onLinks = links.flatMap(({ addr_info }) =>
    addr_info.map(({ local, prefixlen }) => `${local}/${String(prefixlen)}`),
  );
  const routed = routes
    .map(({ dst }) => (dst.includes('/') ? dst : `${dst}/32`))
    .filter((dst) => !dst.startsWith('default') && Number(dst.split('/')[1]) >= widestPrefixLength);
  return [...new Set([...onLinks, ...routed])];
}
