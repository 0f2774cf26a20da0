import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exampleAddress, islandTemplate } from '../../../cli/island/template.js';
import { profiles } from '../../../cli/island/profiles.js';
import type { World } from '../../helpers/world.js';
import type { BadInput } from './row.js';

const up = ['rehearse', 'up', '--island', 'x.island.yaml'];

/** Puts the island of a profile into the working folder, the last host at an address of its own. */
async function island(world: World, lastAddress: string): Promise<void> {
  const { hosts } = profiles['three-host'];
  const text = islandTemplate({
    ...{ about: [], name: 'x', domain: 'wire.example', channel: 'stable' },
    hosts: hosts.map((host, index) => ({
      ...{ ...host, user: 'root' },
      address: index === hosts.length - 1 ? lastAddress : exampleAddress(index),
    })),
  });
  await writeFile(join(world.work, 'x.island.yaml'), text);
}

/** A row about a rehearsal that is not there. */
function absent(title: string, words: readonly string[], says: BadInput['says']): BadInput {
  const argv = ['rehearse', ...words];
  return { title, argv, code: 'REHEARSAL_UNKNOWN', exitStatus: 3, says };
}

/** A row of words that mean nothing. */
function usage(title: string, words: readonly string[], says: BadInput['says']): BadInput {
  const argv = ['rehearse', ...words];
  return { title, argv, code: 'USAGE_INVALID', exitStatus: 2, says };
}

/** What can be wrong with rehearsals. */
export const rehearseRows: readonly BadInput[] = [
  usage('a rehearsal of nothing in particular is refused', ['up'], ['--island', '--profile']),
  usage(
    'a rehearsal of a file and a profile at once is refused',
    ['up', '--island', 'x', '--profile', 'ha'],
    ['--profile'],
  ),
  usage('an unknown profile is refused', ['up', '--profile', 'huge'], ['ha-compact']),
  usage(
    'a rehearsal called ../x is refused',
    ['up', '--profile', 'ha', '--name', '../x'],
    ['--name', '../x'],
  ),
  usage(
    'a rehearsal with a command in its name is refused',
    ['up', '--profile', 'ha', '--name', '$(id)'],
    ['--name'],
  ),
  {
    title: 'a rehearsal of an island file that is not there is refused',
    argv: up,
    code: 'ISLAND_UNREADABLE',
    exitStatus: 3,
    says: ['x.island.yaml', 'none'],
  },
  {
    title: 'a rehearsal of hosts that share no network is refused',
    arrange: (world) => island(world, '192.168.7.1'),
    argv: up,
    code: 'REHEARSAL_NETWORK_UNUSABLE',
    exitStatus: 3,
    says: ['192.168.7.1', '/16'],
  },
  {
    title: 'missing programs are all named at once, with the command that brings them',
    arrange: (world) => island(world, exampleAddress(9)),
    argv: up,
    env: { PATH: '/nowhere' },
    code: 'TOOL_MISSING',
    exitStatus: 11,
    says: ['mmdebstrap', 'systemd-nspawn', /apt-get install .*systemd-container/],
  },
  absent(
    'a program for a host of no rehearsal is refused',
    ['exec', 'data1', '--', 'true'],
    ['found none', 'rehearse up'],
  ),
  absent('a power cut of a host of no rehearsal is refused', ['kill', 'data1'], ['found none']),
  absent(
    'taking down a rehearsal that is not there is refused',
    ['down', 'no-such-one'],
    ['no-such-one'],
  ),
];
