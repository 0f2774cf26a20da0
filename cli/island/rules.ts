import { z } from 'zod';
import type { Problem } from '../errors.js';
import { oneOf, show, type IssuePath } from '../input/issues.js';
import type { Locate } from '../input/yaml-document.js';
import { directoriesOf } from './derive.js';
import { contains, overlap } from './fields.js';
import { roles, singleRoles, type Role } from './roles.js';
import type { IslandFile } from './schema.js';

/** The part of a file, valid or not, in which things must not be there twice. */
const unsureHosts = z
  .array(z.object({ name: z.unknown(), address: z.unknown() }).partial().catch({}))
  .catch([]);
const unsureFile = z.object({ hosts: unsureHosts, jumpHosts: unsureHosts }).partial().catch({});

/** What two machines of a file, be it valid or not, have in common and must not. */
export function duplicates(file: unknown, locate: Locate): readonly Problem[] {
  const { hosts = [], jumpHosts = [] } = unsureFile.parse(file);
  const machines = [
    ...hosts.map((host, index) => ({ ...host, path: ['hosts', index] })),
    ...jumpHosts.map((host, index) => ({ ...host, path: ['jumpHosts', index] })),
  ];
  return (['name', 'address'] as const).flatMap((field) => {
    const first = new Map<unknown, string>();
    return machines.flatMap(({ path, ...machine }): Problem[] => {
      const where = locate([...path, field]);
      const taken = first.get(machine[field]);
      if (typeof machine[field] !== 'string') return [];
      if (taken === undefined) first.set(machine[field], where);
      const expected = `a${field === 'address' ? 'n address' : ' name'} of its own`;
      const got = `${show(machine[field])}, which ${taken ?? ''} has already`;
      return taken === undefined ? [] : [{ where, expected, got }];
    });
  });
}

/** What a file says that no island can be, though each value for itself is well-formed. */
export function brokenRules(file: IslandFile, locate: Locate): readonly Problem[] {
  const tell: Tell = (path, expected, got) => ({ where: locate(path), expected, got });
  return [
    ...rolesTwice(file, tell),
    ...roleCounts(file, tell),
    ...unknownJumps(file, tell),
    ...badReplication(file, tell),
    ...sharedDirectories(file, tell),
    ...badTurn(file, tell),
    ...badNetworks(file, tell),
    ...recipientsTwice(file, tell),
  ];
}

type Tell = (path: IssuePath, expected: string, got: string) => Problem;

function rolesTwice({ hosts }: IslandFile, tell: Tell): Problem[] {
  return hosts.flatMap((host, at) =>
    host.roles.flatMap((role, index) =>
      host.roles.indexOf(role) === index
        ? []
        : [tell(['hosts', at, 'roles', index], 'each role once', `${role} again`)],
    ),
  );
}

function roleCounts(file: IslandFile, tell: Tell): Problem[] {
  return roles.flatMap((role) => {
    const got = countOf(file, role);
    if (got === 0) return [tell(['hosts'], `a host with the role ${role}`, 'none')];
    if (singleRoles.includes(role) && got > 1)
      return [tell(['hosts'], `one host with the role ${role}`, String(got))];
    // An even number bears no more failures than one less, and can split into halves.
    if (role === 'etcd' && got % 2 === 0)
      return [tell(['hosts'], 'an odd number of hosts with the role etcd', String(got))];
    return [];
  });
}

function unknownJumps({ hosts, jumpHosts }: IslandFile, tell: Tell): Problem[] {
  return hosts.flatMap((host, index) => {
    const others = hosts.filter(({ name, jump }) => name !== host.name && jump === undefined);
    const names = [...jumpHosts, ...others].map(({ name }) => name);
    if (host.jump === undefined || names.includes(host.jump)) return [];
    const expected = `a jump host, or a host reached without one: ${names.length === 0 ? 'there is none' : oneOf(names, host.jump)}`;
    return [tell(['hosts', index, 'jump'], expected, show(host.jump))];
  });
}

function badReplication(file: IslandFile, tell: Tell): Problem[] {
  const { replication } = file.stores;
  const count = Math.min(countOf(file, 'cassandra'), countOf(file, 'search'));
  if (replication === undefined || replication <= count || count === 0) return [];
  const expected = `at most as many copies as there are hosts with the role cassandra, or search: ${String(count)}`;
  return [tell(['stores', 'replication'], expected, String(replication))];
}

function sharedDirectories({ hosts, stores }: IslandFile, tell: Tell): Problem[] {
  const told = new Set<string>();
  return hosts.flatMap((host) => {
    const directories = directoriesOf(stores, host.roles);
    return directories.flatMap(({ role, path }, index) => {
      const clash = directories.slice(0, index).find((earlier) => isWithin(path, earlier.path));
      if (clash === undefined || told.has(path)) return [];
      told.add(path);
      const expected = `a directory that on ${host.name} has nothing to do with another`;
      return [tell(['stores', role], expected, `${path}, beside ${clash.path} of ${clash.role}`)];
    });
  });
}

function isWithin(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}

/** Where Kubernetes opens ports of its own for services. */
const nodePorts = { from: 30_000, to: 32_767 } as const;

/** Fewer relay ports than this and a single large call has none left. */
const minRelayPorts = 100;

function badTurn(file: IslandFile, tell: Tell): Problem[] {
  const { ports, externalAddresses } = file.turn;
  const turnHosts = file.hosts.filter((host) => host.roles.includes('turn'));
  const names = turnHosts.map(({ name }) => name);
  const got = `${String(ports.from)} to ${String(ports.to)}`;
  const problems = Object.keys(externalAddresses).flatMap((name) =>
    names.includes(name)
      ? []
      : [
          tell(
            ['turn', 'externalAddresses', name],
            `a host with the role turn: ${oneOf(names, name)}`,
            show(name),
          ),
        ],
  );
  if (ports.to - ports.from + 1 < minRelayPorts)
    problems.push(
      tell(
        ['turn', 'ports'],
        `at least ${String(minRelayPorts)} ports, from the lower to the higher`,
        got,
      ),
    );
  const shares = turnHosts.some((host) => host.roles.includes('kubernetes'));
  if (shares && ports.from <= nodePorts.to && ports.to >= nodePorts.from)
    problems.push(
      tell(
        ['turn', 'ports'],
        'none of the ports 30000 to 32767, which Kubernetes has on the same host',
        got,
      ),
    );
  return problems;
}

function badNetworks({ hosts, network }: IslandFile, tell: Tell): Problem[] {
  const problems = hosts.flatMap(({ address }, index) =>
    (['pods', 'services'] as const).flatMap((kind) =>
      contains(network[kind], address)
        ? [
            tell(
              ['hosts', index, 'address'],
              `an address outside of the network of ${kind}, ${network[kind]}`,
              show(address),
            ),
          ]
        : [],
    ),
  );
  if (overlap(network.pods, network.services))
    problems.push(
      tell(
        ['network'],
        'networks of pods and services that share no address',
        `${network.pods} and ${network.services}`,
      ),
    );
  return problems;
}

function recipientsTwice({ secrets: { recipients } }: IslandFile, tell: Tell): Problem[] {
  return recipients.flatMap((recipient, index) =>
    recipients.indexOf(recipient) === index
      ? []
      : [
          tell(
            ['secrets', 'recipients', index],
            'each recipient once',
            'one that is there already',
          ),
        ],
  );
}

function countOf({ hosts }: IslandFile, role: Role): number {
  return hosts.filter((host) => host.roles.includes(role)).length;
}
