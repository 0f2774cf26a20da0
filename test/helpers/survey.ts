import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { factsSchema, type HostFacts } from '../../cli/preflight/facts.js';
import { judge } from '../../cli/preflight/judge.js';
import type { HostClock, Survey } from '../../cli/preflight/survey.js';
import { parseIsland } from '../../cli/island/read.js';
import { storeRoles } from '../../cli/island/roles.js';
import { hostEntry, islandText } from './islands.js';
import { repositoryRoot } from './repository.js';

/** What a bare Debian 12 said of itself, with all roles, and cgroup v2 as it is where it has a kernel of its own. */
export async function recordedFacts(): Promise<HostFacts> {
  const file = join(repositoryRoot, 'test/fixtures/preflight/debian-12.json');
  const facts = factsSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  return { ...facts, cgroups: { ...facts.cgroups, version: 'v2' } };
}

export interface SurveyChanges extends Partial<Omit<Survey, 'hosts'>> {
  /** What the second host says instead of what was recorded. */
  readonly facts?: Partial<HostFacts>;
  readonly clock?: HostClock;
}

/** A survey of two fit hosts, `a1` with all roles and `b1`, a relay. */
export async function surveyOf(changes: SurveyChanges = {}): Promise<Survey> {
  const { facts = {}, clock = { aheadMs: 0, uncertaintyMs: 1 }, ...rest } = changes;
  const recorded = await recordedFacts();
  const [first, second] = ['10.20.0.11', '10.20.0.12'];
  const text = islandText({
    hosts: [
      hostEntry({ address: first, size: { cores: 1, memory: '1GiB' } }),
      hostEntry({
        ...{ name: 'b1', address: second, roles: ['turn'] },
        size: { cores: 1, memory: '1GiB' },
      }),
    ],
    stores: Object.fromEntries(storeRoles.map((role) => [role, { disk: '300MB' }])),
  });
  const island = await parseIsland({ file: 'island.yaml', bytes: Buffer.from(text) });
  const [a1, b1] = island.hosts;
  if (a1 === undefined || b1 === undefined) throw new TypeError('an island of two hosts');
  return {
    ...{ island, silent: [], probes: [], bundle: undefined },
    now: new Date('2026-06-01T00:00:00Z'),
    hosts: [
      {
        ...{ host: a1, clock: { aheadMs: 0, uncertaintyMs: 1 } },
        facts: { ...recorded, ...linksWith(first) },
      },
      {
        ...{ host: b1, clock },
        facts: {
          ...{ ...recorded, ...linksWith(second), directories: [] },
          ...{ hostname: 'b1', machineId: 'b'.repeat(32), ...facts },
        },
      },
    ],
    ...rest,
  };
}

/** `CHECK STATE` of what is not well on the second host. */
export function troubles(survey: Survey): readonly string[] {
  const told = judge(survey).filter(({ host, state }) => host === 'b1' && state !== 'ok');
  return [...new Set(told.map(({ id, state }) => `${id} ${state}`))];
}

/** A link with this address. */
export function linksWith(address: string, mtu = 1500): Pick<HostFacts, 'links' | 'routes'> {
  const network = address.replace(/\d+$/, '0/24');
  return {
    links: [{ ifname: 'eth0', mtu, addr_info: [{ local: address, prefixlen: 24 }] }],
    routes: [
      { dst: 'default', dev: 'eth0' },
      { dst: network, dev: 'eth0' },
    ],
  };
}
