import type { IslandHost } from '../island/island.js';
import type { HostFacts } from './facts.js';

/** The link that has a host's address of the island file. */
export function linkOf(
  { address }: IslandHost,
  { links }: HostFacts,
): HostFacts['links'][number] | undefined {
  return links.find(({ addr_info }) => addr_info.some(({ local }) => local === address));
}
