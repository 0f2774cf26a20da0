import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { WireOfflineError } from '../../../../cli/errors.js';
import { hostsWith, type Island } from '../../../../cli/island/island.js';
import { parseIsland, readIsland } from '../../../../cli/island/read.js';
import { hostEntry, hostKey, islandText } from '../../../helpers/islands.js';
import { temporaryFolders } from '../../../helpers/temporary.js';

const newFolder = temporaryFolders();

function parse(fields: Readonly<Record<string, unknown>> = {}): Promise<Island> {
  return parseIsland({ file: 'i.yaml', bytes: Buffer.from(islandText(fields)) });
}

/** The problems that reading ends with, one text each. */
async function problemsOf(fields: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  try {
    await parse(fields);
  } catch (error) {
    if (!(error instanceof WireOfflineError) || error.code !== 'ISLAND_INVALID') throw error;
    return error.problems.map(
      ({ where, expected, got }) => `${where}: expected ${expected}, got ${got}`,
    );
  }
  return [];
}

const notAssets = ['etcd', 'kubernetes', 'cassandra', 'search', 'objects', 'turn'];
const three = [
  hostEntry({ roles: ['assets', 'redis'] }),
  ...['n1', 'n2', 'n3'].map((name, index) =>
    hostEntry({ name, address: `10.20.1.${String(index + 1)}`, roles: notAssets }),
  ),
];

describe('an island file', () => {
  it('is read from the folder that its name is relative to', async () => {
    const cwd = await newFolder();
    await writeFile(join(cwd, 'i.yaml'), islandText());
    expect(await readIsland({ file: 'i.yaml', cwd })).toMatchObject({
      file: 'i.yaml',
      name: 'north',
      hosts: [{ name: 'a1', port: 22, sudo: 'none', where: 'i.yaml:6:9 hosts.0' }],
    });
  });

  it('needs no more than hosts with roles, and says what holds otherwise', async () => {
    const { network, turn, mail, push, tls, time, stores } = await parse();
    expect({ network, turn, mail, push, tls, time, stores }).toEqual({
      network: { pods: '10.244.0.0/16', services: '10.96.0.0/16' },
      turn: { externalAddresses: {}, ports: { from: 49152, to: 65535 }, tls: true },
      mail: { mode: 'inbox' },
      push: 'C',
      tls: { mode: 'island-ca' },
      time: { servers: [] },
      stores: {
        replication: 1,
        cassandraHeapBytes: 2e9,
        searchHeapBytes: 1e9,
        redisMode: 'single',
      },
    });
  });

  it('keeps as many copies as there are hosts, three at most', async () => {
    expect((await parse({ hosts: three })).stores.replication).toBe(3);
    const five = [4, 5].map((n) =>
      hostEntry({
        name: `n${String(n)}`,
        address: `10.20.1.${String(n)}`,
        roles: ['cassandra', 'search'],
      }),
    );
    expect((await parse({ hosts: [...three, ...five] })).stores.replication).toBe(3);
  });

  it('gives a host the sum of what its roles need, unless its size is said', async () => {
    const hosts = [
      ...three,
      hostEntry({ name: 't', address: '10.20.2.1', roles: ['search', 'turn'] }),
      hostEntry({
        ...{ name: 's', address: '10.20.2.2', roles: ['search'] },
        size: { cores: 3, memory: '1.5GiB' },
      }),
    ];
    const sizes = (await parse({ hosts })).hosts.map(({ size }) => size);
    expect(sizes.slice(-2)).toEqual([
      { cores: 2, memoryBytes: 4e9 },
      { cores: 3, memoryBytes: 1.5 * 1024 ** 3 },
    ]);
  });

  it('divides the disk of objects among their directories', async () => {
    const objects = { dataDirectories: ['/srv/o1', '/srv/o2'], disk: '100GB' };
    const [host] = hostsWith(await parse({ stores: { objects } }), 'objects');
    expect(host?.dataDirectories.filter(({ role }) => role === 'objects')).toEqual([
      { role: 'objects', path: '/srv/o1', sizeBytes: 50e9 },
      { role: 'objects', path: '/srv/o2', sizeBytes: 50e9 },
    ]);
  });

  it('names the roles of a host in the order in which an island comes up', async () => {
    const [, host] = (
      await parse({
        hosts: three.map((entry) => ({
          ...entry,
          roles: [...String(entry['roles']).split(',')].reverse(),
        })),
      })
    ).hosts;
    expect(host?.roles).toEqual(notAssets);
  });

  it('resolves the jump host of a host', async () => {
    const gate = {
      name: 'gate',
      address: 'gate.example',
      user: 'g',
      port: 2222,
      hostKey: hostKey(9),
    };
    const { hosts } = await parse({ hosts: [hostEntry({ jump: 'gate' })], jumpHosts: [gate] });
    expect(hosts[0]?.jump).toMatchObject({ name: 'gate', address: 'gate.example', port: 2222 });
  });

  it('is taken without host keys and recipients, which are filled in later', async () => {
    const island = await parse({ hosts: [hostEntry({ hostKey: undefined })], secrets: undefined });
    expect(island.hosts[0]?.hostKey).toBeUndefined();
  });

  it('tells problems of form and of names that are there twice together', async () => {
    const hosts = [hostEntry(), hostEntry({ roles: ['etdc'] })];
    expect(await problemsOf({ hosts })).toEqual([
      expect.stringMatching(/hosts\.1\.roles\.0: expected .*did you mean etcd\?/),
      expect.stringMatching(
        /hosts\.1\.name: expected a name of its own, got "a1", which i\.yaml:6:/,
      ),
      expect.stringMatching(/hosts\.1\.address: expected an address of its own/),
    ]);
  });
});

describe('an island that cannot be', () => {
  it.each([
    [
      'lacks a role',
      { hosts: [hostEntry({ roles: ['assets', 'redis', ...notAssets.slice(1)] })] },
      /hosts: expected a host with the role etcd, got none/,
    ],
    [
      'has two assets hosts',
      { hosts: [...three, hostEntry({ name: 'b', address: '10.20.2.1', roles: ['assets'] })] },
      /one host with the role assets, got 2/,
    ],
    [
      'has two Redis hosts',
      { hosts: [...three, hostEntry({ name: 'b', address: '10.20.2.1', roles: ['redis'] })] },
      /one host with the role redis, got 2/,
    ],
    [
      'has an even number of etcd members',
      { hosts: [...three, hostEntry({ name: 'b', address: '10.20.2.1', roles: ['etcd'] })] },
      /an odd number of hosts with the role etcd, got 4/,
    ],
    [
      'names a role twice on a host',
      { hosts: [...three.slice(1), hostEntry({ roles: ['assets', 'redis', 'assets'] })] },
      /roles\.2: expected each role once, got assets again/,
    ],
    [
      'goes through an unknown jump host',
      { hosts: [hostEntry({ jump: 'gate' })] },
      /hosts\.0\.jump: expected a jump host.*there is none, got "gate"/,
    ],
    ['goes through itself', { hosts: [hostEntry({ jump: 'a1' })] }, /hosts\.0\.jump/],
    [
      'keeps more copies than it has hosts',
      { stores: { replication: 3 } },
      /stores\.replication: expected at most .* search: 1, got 3/,
    ],
    [
      'keeps two stores in one directory',
      { stores: { search: { dataDirectory: '/srv/cassandra' } } },
      /stores\.search: .*\/srv\/cassandra of cassandra/,
    ],
    [
      'keeps a store below another',
      { stores: { search: { dataDirectory: '/srv/cassandra/x' } } },
      /stores\.search/,
    ],
    [
      'relays calls through ports of Kubernetes',
      { turn: { ports: { from: 20000, to: 40000 } } },
      /30000 to 32767/,
    ],
    [
      'has its relay ports upside down',
      { turn: { ports: { from: 60000, to: 50000 } } },
      /from the lower to the higher, got 60000 to 50000/,
    ],
    [
      'gives an external address to no TURN host',
      { turn: { externalAddresses: { a2: '192.0.2.1' } } },
      /externalAddresses\.a2: .*did you mean a1\?/,
    ],
    [
      'has a host in the network of its pods',
      { hosts: [hostEntry({ address: '10.244.3.4' })] },
      /hosts\.0\.address: .*pods, 10\.244\.0\.0\/16/,
    ],
    [
      'has one network for pods and services',
      { network: { services: '10.244.128.0/17' } },
      /network: expected .*share no address/,
    ],
    [
      'has a recipient twice',
      {
        secrets: {
          recipients: Array(2).fill(
            'age14ux2xw88s0r0f5czvmw0a44rxxketh3llf30v3c3ajdntuxha3aqj5up64',
          ),
        },
      },
      /recipients\.1: expected each recipient once/,
    ],
  ])('is refused where it %s', async (_what, fields, problem) => {
    expect(await problemsOf(fields)).toEqual([expect.stringMatching(problem)]);
  });
});
