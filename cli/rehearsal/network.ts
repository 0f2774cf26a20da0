import { WireOfflineError } from '../errors.js';

/** The one segment that all hosts of a rehearsal island are on. */
export interface RehearsalNetwork {
  /** The lowest address of the range. */
  readonly address: string;
  readonly prefixLength: number;
  /** What this machine has on the bridge. */
  readonly bridgeAddress: string;
  /** Named after the range, so that making it claims the range for the whole machine. */
  readonly bridge: string;
}

/** The words of one program. */
export type Argv = readonly [string, ...string[]];

/** A wider segment than this is more likely a mistyped address than a plan. */
const widestPrefixLength = 16;

/** As narrow as fits all hosts, and no narrower than people number their networks. */
const narrowestPrefixLength = 24;

/**
 * The segment that has all these IPv4 addresses, and an address in it for this machine that no host has.
 *
 * @throws {WireOfflineError} REHEARSAL_NETWORK_UNUSABLE where no segment of /16 to /24 has them all.
 */
export function networkOf(addresses: readonly [string, ...string[]]): RehearsalNetwork {
  const numbers = addresses.map(toNumber);
  for (let length = narrowestPrefixLength; length >= widestPrefixLength; length--) {
    const size = 2 ** (32 - length);
    const base = Math.floor((numbers[0] ?? 0) / size) * size;
    if (!numbers.every((number) => number > base && number < base + size - 1)) continue;
    const own = freeAddress({ base, size, taken: new Set(numbers) });
    if (own === undefined) continue;
    const address = toAddress(base);
    return {
      ...{ address, prefixLength: length },
      ...{ bridgeAddress: toAddress(own), bridge: `wob${hexOf(address)}` },
    };
  }
  throw new WireOfflineError('REHEARSAL_NETWORK_UNUSABLE', {
    message: `addresses ${addresses.join(', ')}: expected them in one network of /${String(widestPrefixLength)} to /${String(narrowestPrefixLength)} with an address to spare, found none`,
    hint: 'rehearse with a copy of the island file that has addresses of one network, such as 10.77.0.11 and on',
  });
}

/** The machine name of a host's container: short enough for `vb-` and it to name a link. */
export function machineName(address: string): string {
  return `woh${hexOf(address)}`;
}

/** The end of a host's cable on this machine, as systemd-nspawn names it. */
export function linkName(address: string): string {
  return `vb-${machineName(address)}`;
}

/** Claims the range: it fails where another island has the bridge of that name. */
export function claimBridge({ bridge }: RehearsalNetwork): Argv {
  return ['ip', 'link', 'add', 'name', bridge, 'type', 'bridge'];
}

/** What follows a claim. The fence stands before the bridge has an address. */
export function raiseBridge(
  { bridge, bridgeAddress, prefixLength }: RehearsalNetwork,
  island: string,
): readonly Argv[] {
  return [
    ['ip', 'link', 'set', 'dev', bridge, 'alias', bridgeAlias(island)],
    ['nft', '-f', '-'],
    ['ip', 'address', 'add', `${bridgeAddress}/${String(prefixLength)}`, 'dev', bridge],
    ['ip', 'link', 'set', 'dev', bridge, 'up'],
  ];
}

/** How a bridge tells whose it is when nothing else is left of its island. */
export function bridgeAlias(island: string): string {
  return `wire-offline rehearsal ${island}`;
}

/**
 * The air gap where a host sets itself a route: nothing is forwarded off the bridge or onto it, and a host reaches
 * this machine only in answer to it, so that no proxy here becomes a way out. An `nft -f` script.
 */
export function fenceScript({ bridge }: RehearsalNetwork): string {
  const rule = (chain: string, words: string): string =>
    `add rule inet ${bridge} ${chain} ${words}`;
  return [
    `add table inet ${bridge}`,
    `add chain inet ${bridge} input { type filter hook input priority 0; policy accept; }`,
    `add chain inet ${bridge} forward { type filter hook forward priority 0; policy accept; }`,
    rule('input', `iifname ${bridge} ct state established,related accept`),
    rule('input', `iifname ${bridge} meta l4proto { icmp, ipv6-icmp } accept`),
    rule('input', `iifname ${bridge} drop`),
    rule('forward', `iifname ${bridge} oifname != ${bridge} drop`),
    rule('forward', `iifname != ${bridge} oifname ${bridge} drop`),
    '',
  ].join('\n');
}

/** Pulls a host's cable, or plugs it in again. */
export function setLink(address: string, state: 'up' | 'down'): Argv {
  return ['ip', 'link', 'set', 'dev', linkName(address), state];
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

function hexOf(address: string): string {
  return toNumber(address).toString(16).padStart(8, '0');
}

interface Range {
  readonly base: number;
  readonly size: number;
  readonly taken: ReadonlySet<number>;
}

/** The first address, as a gateway would have, or the last that is free. */
function freeAddress({ base, size, taken }: Range): number | undefined {
  if (!taken.has(base + 1)) return base + 1;
  for (let number = base + size - 2; number > base; number--) if (!taken.has(number)) return number;
  return undefined;
}
