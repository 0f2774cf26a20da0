import { Command } from 'commander';
import type { Context } from '../context.js';
import type { DescribedHost, IslandDescription } from '../island/describe.js';
import { bytesText } from '../ui/progress.js';
import { table } from '../ui/result.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';

/** `island show`: all that an island file says or that follows from it. */
export function showCommand(context: Context): Command {
  return addOutputOption(
    new Command('show')
      .description('show all that an island file says, and what follows from it')
      .argument('[file]', 'the island file', 'island.yaml')
      .addHelpText(
        'after',
        `
Examples:
  wire-offline island show
  wire-offline island show north.yaml -o json | jq '.ports'      for your firewall`,
      ),
  ).action(async (file: string, { output }: OutputOption) => {
    const { showIsland } = await import('../actions/show-island.js');
    const island = await showIsland({ file, cwd: context.cwd });
    await showResult(context, output, {
      document: { schemaVersion: 1, ...island },
      text: [headText(island), hostsText(island), rolesText(island), portsText(island)].join(
        '\n\n',
      ),
    });
  });
}

function headText(island: IslandDescription): string {
  const { stores, turn, mail, network, time, secrets } = island;
  const servers = time.servers.length === 0 ? 'its own clock' : time.servers.join(', ');
  const relay = mail.mode === 'relay' ? ` through ${mail.host} port ${String(mail.port)}` : '';
  return table([
    ['ISLAND', `${island.name} (${island.file})`],
    ['DOMAIN', island.domain],
    ['CHANNEL', island.channel],
    ['CONTROL PLANE', island.controlPlaneEndpoint],
    ['NETWORKS', `pods ${network.pods}, services ${network.services}`],
    [
      'STORES',
      `${String(stores.replication)} copies; heap of Cassandra ${bytesText(stores.cassandraHeapBytes)}, of search ${bytesText(stores.searchHeapBytes)}; Redis ${stores.redisMode}`,
    ],
    [
      'TURN',
      `${Object.values(turn.externalAddresses).join(', ')}; relay ports ${String(turn.ports.from)} to ${String(turn.ports.to)}; TLS ${turn.tls ? 'on' : 'off'}`,
    ],
    ['MAIL', `${mail.mode}${relay}`],
    ['PUSH', island.push],
    ['TLS', island.tls.mode],
    ['TIME', `all follow ${time.source}, which follows ${servers}`],
    ['RECIPIENTS', String(secrets.recipients.length)],
  ]);
}

function hostsText({ hosts, jumpHosts }: IslandDescription): string {
  return table([
    ['HOST', 'ADDRESS', 'USER', 'CORES', 'MEMORY', 'HOST KEY', 'ROLES', 'DATA'],
    ...hosts.map((host) => [
      ...[host.name, addressText(host), host.user, String(host.size.cores)],
      ...[bytesText(host.size.memoryBytes), host.fingerprint ?? 'not pinned'],
      ...[host.roles.join(','), dataText(host)],
    ]),
    ...jumpHosts.map((jump) => [
      ...[jump.name, `${jump.address}:${String(jump.port)}`, jump.user, '-', '-'],
      ...[jump.fingerprint ?? 'not pinned', '(jump host)', '-'],
    ]),
  ]);
}

function addressText({ address, port, jump }: DescribedHost): string {
  return `${address}:${String(port)}${jump === null ? '' : ` through ${jump}`}`;
}

function dataText({ dataDirectories }: DescribedHost): string {
  const texts = dataDirectories.map(({ path, sizeBytes }) => `${path} ${bytesText(sizeBytes)}`);
  return texts.length === 0 ? '-' : texts.join(', ');
}

function rolesText({ roles }: IslandDescription): string {
  return table([
    ['ROLE', 'HOSTS', 'MAY FAIL'],
    ...roles.map(({ role, hosts, mayFail }) => [role, hosts.join(', '), String(mayFail)]),
  ]);
}

function portsText({ ports }: IslandDescription): string {
  return table([
    ['FROM', 'TO', 'PORT', 'FOR'],
    ...ports.map(({ from, to, protocol, port, lastPort, why }) => [
      ...[from, to],
      `${String(port)}${lastPort === undefined ? '' : `-${String(lastPort)}`}/${protocol}`,
      why,
    ]),
  ]);
}
