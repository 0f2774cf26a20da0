import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostEntry, hostKey, islandText } from '../../helpers/islands.js';
import { freePort, startImpostor, startSshd } from '../../helpers/sshd.js';
import type { World } from '../../helpers/world.js';
import type { BadInput } from './row.js';

const check = ['island', 'check'];

function write(world: World, text: string): Promise<void> {
  return writeFile(join(world.work, 'island.yaml'), text);
}

/** A row of a file that `island check` refuses. */
function invalid(title: string, text: string, says: BadInput['says']): BadInput {
  return {
    title,
    arrange: (world) => write(world, text),
    argv: check,
    code: 'ISLAND_INVALID',
    exitStatus: 3,
    says,
  };
}

/** A row of a host of which one field is wrong. */
function badHost(title: string, field: Readonly<Record<string, unknown>>): BadInput {
  const [name = ''] = Object.keys(field);
  const place = new RegExp(`island\\.yaml:6:\\d+ hosts\\.0\\.${name}`);
  return invalid(`a host with ${title} is refused`, islandText({ hosts: [hostEntry(field)] }), [
    place,
  ]);
}

type Words = readonly (readonly [string, string])[];

const worst: Words = [
  ['a line feed', 'a\nb'],
  ['a command substitution', '$(reboot)'],
  ['300 characters', 'a'.repeat(300)],
];

const hostile: Words = [
  ...worst,
  ['backticks', '`reboot`'],
  ['a semicolon', 'a; reboot'],
  ['a quote', "a'b"],
  ['a dash in front, like an option', '-oProxyCommand=reboot'],
  ['a path', '../a'],
];

const second = { name: 'b1', address: '10.20.0.12' };

/** What can be wrong with island files. */
export const islandFileRows: readonly BadInput[] = [
  {
    title: 'an island file that is not there is refused, with the command that makes one',
    argv: check,
    code: 'ISLAND_UNREADABLE',
    exitStatus: 3,
    says: ['island.yaml', 'none', 'wire-offline island init'],
  },
  {
    title: 'a folder in the place of an island file is refused',
    arrange: async (world) => {
      await mkdir(join(world.work, 'island.yaml'));
    },
    argv: check,
    code: 'ISLAND_UNREADABLE',
    exitStatus: 3,
    says: ['a folder'],
  },
  {
    title: 'a device in the place of an island file is refused, not read',
    arrange: (world) => symlink('/dev/zero', join(world.work, 'island.yaml')),
    argv: ['island', 'show'],
    code: 'ISLAND_UNREADABLE',
    exitStatus: 3,
    says: ['not a regular file'],
  },
  ...hostile.map(([title, text]) => badHost(`${title} in its name`, { name: text })),
  ...worst.map(([title, text]) => badHost(`${title} in its address`, { address: text })),
  ...worst.map(([title, text]) => badHost(`${title} in its user`, { user: text })),
  badHost('a port that is none', { port: 65_536 }),
  badHost('a host key of another type', { hostKey: 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDD' }),
  badHost('a host key cut short', { hostKey: hostKey().slice(0, -8) }),
  badHost('a fingerprint for a host key', { hostKey: `SHA256:${'a'.repeat(43)}` }),
  badHost('no role', { roles: [] }),
  badHost('a jump host that does not exist', { jump: 'gate' }),
  invalid(
    'an unknown role is refused, with the nearest one',
    islandText({ hosts: [hostEntry({ roles: ['casandra'] })] }),
    [/hosts\.0\.roles\.0/, 'did you mean cassandra?'],
  ),
  invalid(
    'two hosts with one address are refused at the second',
    islandText({ hosts: [hostEntry(), hostEntry({ name: 'b1', roles: ['turn'] })] }),
    [
      /hosts\.1\.address: expected an address of its own, got "10\.20\.0\.11", which island\.yaml:6:/,
    ],
  ),
  invalid(
    'a role that no host has is refused',
    islandText({
      hosts: [hostEntry({ roles: ['assets', 'redis', 'turn', 'etcd', 'kubernetes'] })],
    }),
    [
      'a host with the role cassandra',
      'a host with the role search',
      'a host with the role objects',
    ],
  ),
  invalid(
    'an even number of etcd members is refused',
    islandText({ hosts: [hostEntry(), hostEntry({ ...second, roles: ['etcd'] })] }),
    [/an odd number of hosts with the role etcd, got 2/],
  ),
  invalid(
    'a data directory of another store is refused',
    islandText({ stores: { search: { dataDirectory: '/srv/objects/x' } } }),
    [/island\.yaml:8:\d+ stores\.(search|objects)/],
  ),
  invalid(
    'a data directory with a command substitution is refused',
    islandText({ stores: { etcd: { dataDirectory: '/srv/$(reboot)' } } }),
    [/stores\.etcd\.dataDirectory/],
  ),
  invalid('a domain with one label is refused', islandText({ domain: 'wire' }), [/:4:9 domain/]),
  invalid('a newer apiVersion is refused', islandText({ apiVersion: 'wire-offline/v2' }), [
    /:1:13 apiVersion/,
  ]),
  invalid('a recipe in the place of an island file is refused', islandText({ kind: 'Recipe' }), [
    /:2:7 kind/,
    'Island',
  ]),
  invalid(
    'a recipient with a typo is refused',
    islandText({ secrets: { recipients: ['age1q'] } }),
    [/secrets\.recipients\.0/, 'age-keygen'],
  ),
  invalid(
    'a relay without a sender is refused',
    islandText({ mail: { mode: 'relay', host: 'm' } }),
    [/mail\.from/],
  ),
  invalid('a field of no meaning is refused', islandText({ redis: {} }), [/redis/, 'one of']),
  {
    title: 'a valid island file with nothing filled in is told what is missing',
    arrange: (world) =>
      write(world, islandText({ hosts: [hostEntry({ hostKey: undefined })], secrets: undefined })),
    argv: check,
    code: 'ISLAND_INCOMPLETE',
    exitStatus: 3,
    says: ['the pinned host key of a1', 'secrets.recipients', 'island scan-keys island.yaml'],
  },
];

/** A row of options that an island verb does not take. */
function usage(title: string, argv: readonly string[], says: BadInput['says']): BadInput {
  return { title, argv: ['island', ...argv], code: 'USAGE_INVALID', exitStatus: 2, says };
}

/** What can be wrong with the words of island verbs. */
export const islandCommandRows: readonly BadInput[] = [
  usage(
    'a profile that does not exist is refused',
    ['init', '--profile', 'two-host'],
    ['one-host'],
  ),
  usage(
    'a domain that is none is refused',
    ['init', '--profile', 'ha', '--domain', '$(reboot)'],
    ['--domain'],
  ),
  usage('a plan for nobody is refused', ['plan', '--users', '0'], ['--users', '100000']),
  usage('a plan for a number that is none is refused', ['plan', '--users', '1e3'], ['--users']),
  usage(
    'more people in calls than users are refused',
    ['plan', '--users', '10', '--calls', '5'],
    ['10 users', 'got 25'],
  ),
  {
    title: 'an island file that is there is kept by init',
    arrange: (world) => write(world, 'mine'),
    argv: ['island', 'init', '--profile', 'ha'],
    code: 'OUTPUT_EXISTS',
    exitStatus: 11,
    says: ['island.yaml'],
  },
  {
    title: 'an island file that is there is kept by plan',
    arrange: (world) => write(world, 'mine'),
    argv: ['island', 'plan', '--users', '5', '--out', 'island.yaml'],
    code: 'OUTPUT_EXISTS',
    exitStatus: 11,
    says: ['island.yaml'],
  },
];

const address = '127.0.0.7';
const scan = ['island', 'scan-keys', '--yes'];

/** A row of a host on loopback that cannot be scanned. */
function scanned(
  title: string,
  start: (world: World) => Promise<Readonly<Record<string, unknown>>>,
  code: BadInput['code'],
): BadInput {
  return {
    title,
    arrange: async (world) => {
      const hosts = [hostEntry({ address, hostKey: undefined, ...(await start(world)) })];
      await write(world, islandText({ hosts }));
    },
    argv: scan,
    code,
    exitStatus: 6,
    says: ['a1', address],
  };
}

/** What can go wrong when hosts are asked for their keys. */
export const scanRows: readonly BadInput[] = [
  scanned(
    'a refused connection is told',
    async () => ({ port: await freePort(address) }),
    'HOST_REFUSED',
  ),
  scanned(
    'a reset connection is told',
    async (world) => ({ port: await startImpostor(world, { address, does: 'resets' }) }),
    'HOST_LOST',
  ),
  scanned(
    'a connection that hangs is given up',
    async (world) => ({ port: await startImpostor(world, { address, does: 'hangs' }) }),
    'HOST_TIMEOUT',
  ),
  {
    title: 'a changed host key is refused, also with --yes',
    arrange: async (world) => {
      const { port } = await startSshd(world, { name: 'a', address });
      await write(world, islandText({ hosts: [hostEntry({ address, port })] }));
    },
    argv: scan,
    code: 'HOST_KEY_CHANGED',
    exitStatus: 6,
    says: ['hosts.0 a1', '--replace a1', /got SHA256:/],
  },
  {
    title: 'a host that is not in the file is refused, with the nearest one',
    arrange: (world) => write(world, islandText()),
    argv: [...scan, '--host', 'a2'],
    code: 'USAGE_INVALID',
    exitStatus: 2,
    says: ['did you mean a1?'],
  },
];
