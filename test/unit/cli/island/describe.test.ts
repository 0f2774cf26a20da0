import { describe, expect, it } from '@jest/globals';
import { connections } from '../../../../cli/island/connections.js';
import { describeIsland } from '../../../../cli/island/describe.js';
import type { Island } from '../../../../cli/island/island.js';
import { openPoints } from '../../../../cli/island/open-points.js';
import { profileNames, profiles, type ProfileName } from '../../../../cli/island/profiles.js';
import { parseIsland } from '../../../../cli/island/read.js';
import { exampleAddress, islandTemplate } from '../../../../cli/island/template.js';
import { hostKey, recipients } from '../../../helpers/islands.js';

/** The island that a profile's template makes. */
function fromProfile(
  profile: ProfileName,
  changes: readonly [string, string][] = [],
): Promise<Island> {
  const text = islandTemplate({
    ...{ about: ['x'], name: 'null', domain: 'wire.example', channel: '1.5' },
    hosts: profiles[profile].hosts.map((host, index) => ({
      ...{ ...host, user: 'operator', address: exampleAddress(index) },
    })),
  });
  const changed = changes.reduce((now, [from, to]) => now.replace(from, to), text);
  return parseIsland({ file: 'i.yaml', bytes: Buffer.from(changed) });
}

function mayFail(island: Island): Readonly<Record<string, number>> {
  const { roles } = describeIsland(island);
  return Object.fromEntries(roles.map((described) => [described.role, described.mayFail]));
}

describe('a profile', () => {
  it.each(profileNames)(
    'makes a valid file that lacks keys and recipients only: %s',
    async (name) => {
      const island = await fromProfile(name);
      expect(island).toMatchObject({ name: 'null', channel: '1.5' });
      expect(openPoints(island)).toHaveLength(island.hosts.length + 1);
    },
  );

  it('survives nothing on one host', async () => {
    expect(new Set(Object.values(mayFail(await fromProfile('one-host'))))).toEqual(new Set([0]));
  });

  it.each(['three-host', 'ha', 'ha-compact'] as const)(
    'survives one host of each role that has copies: %s',
    async (name) => {
      expect(mayFail(await fromProfile(name))).toEqual({
        ...{ assets: 0, etcd: 1, cassandra: 1, search: 1, objects: 1, redis: 0 },
        ...{ kubernetes: 2, turn: 1 },
      });
    },
  );
});

describe('a template', () => {
  it('carries what is known of hosts already', async () => {
    const text = islandTemplate({
      ...{ about: [], name: 'n', domain: 'wire.example', channel: 'stable', recipients },
      hosts: profiles['one-host'].hosts.map((host) => ({
        ...{ ...host, user: 'root', address: '10.9.0.1', port: 2222 },
        hostKey: { type: 'ssh-ed25519', base64: hostKey().split(' ')[1] ?? '' },
        size: { cores: 1, memory: '2GiB' },
      })),
      stores: { cassandra: { disk: '1GB', heap: '512MiB' } },
    });
    const island = await parseIsland({ file: 'i.yaml', bytes: Buffer.from(text) });
    expect(openPoints(island)).toEqual([]);
    expect(island.stores.cassandraHeapBytes).toBe(512 * 1024 ** 2);
    expect(island.hosts[0]).toMatchObject({
      port: 2222,
      size: { cores: 1, memoryBytes: 2 * 1024 ** 3 },
    });
  });
});

describe('the description of an island', () => {
  it('counts more failures with more drives', async () => {
    const objects = [
      'push: C',
      'stores: { objects: { dataDirectories: [/d/1, /d/2] } }\npush: C',
    ] as const;
    expect(mayFail(await fromProfile('ha', [[...objects]]))).toMatchObject({ objects: 1 });
  });

  it('reaches TURN hosts at their own address unless another is said', async () => {
    const turn = 'turn: { externalAddresses: { turn1: 192.0.2.10 } }\npush: C';
    const { turn: described } = describeIsland(
      await fromProfile('ha-compact', [['push: C', turn]]),
    );
    expect(described.externalAddresses).toEqual({ turn1: '192.0.2.10', turn2: '10.20.0.19' });
  });

  it('shows fingerprints and no keys', async () => {
    const pinned = ['    user: operator', `    user: operator\n    hostKey: ${hostKey()}`] as const;
    const { hosts } = describeIsland(await fromProfile('ha-compact', [[...pinned]]));
    expect(hosts.map(({ fingerprint }) => fingerprint).slice(0, 2)).toEqual([
      expect.stringMatching(/^SHA256:[\w+/]{43}$/),
      null,
    ]);
    expect(hosts[0]).not.toHaveProperty('hostKey');
  });
});

describe('the connections of an island', () => {
  const from = async (name: ProfileName): Promise<readonly string[]> =>
    connections(await fromProfile(name)).map(
      ({ from: source, to, port, protocol }) =>
        `${source.name} ${to.name} ${String(port)}/${protocol}`,
    );

  it('are those that roles need of one another', async () => {
    const found = await from('ha-compact');
    expect(found).toEqual(
      expect.arrayContaining([
        ...['turn1 assets1 443/tcp', 'kube1 kube2 2380/tcp', 'kube1 data1 9042/tcp'],
        ...['data1 data2 7000/tcp', 'kube3 data1 6379/tcp', 'data3 assets1 123/udp'],
      ]),
    );
    expect(found).not.toContain('kube1 data2 6379/tcp');
    expect(found).not.toContain('turn1 data1 9042/tcp');
    expect(new Set(found).size).toBe(found.length);
  });

  it('are none where there is one host', async () => {
    expect(await from('one-host')).toEqual([]);
  });
});
