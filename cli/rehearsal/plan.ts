import type { Island } from '../island/island.js';
import type { RehearsalHost, RehearsalIsland } from './host.js';
import { networkOf } from './network.js';

/**
 * What has to stand for an island: its hosts with the sizes, users and disks that the island file says or implies.
 *
 * @throws {WireOfflineError} REHEARSAL_NETWORK_UNUSABLE
 */
export function planRehearsal({ name, hosts }: Island): RehearsalIsland {
  const [first, ...rest] = hosts.map(({ address }) => address);
  if (first === undefined) throw new TypeError('an island has a host');
  return { name, network: networkOf([first, ...rest]), hosts: hosts.map(planHost) };
}

function planHost(host: Island['hosts'][number]): RehearsalHost {
  const { name, address, port, user, sudo, size, dataDirectories } = host;
  const disks = dataDirectories.map(({ path, sizeBytes }) => ({ path, sizeBytes }));
  return { name, address, port, user, sudo, disks, ...size };
}
