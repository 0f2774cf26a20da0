import type { SeedFile } from './host-profile.js';
import type { RehearsalHost, RehearsalIsland } from './host.js';

/** What is made anew for each host. */
export interface HostIdentity {
  /** 32 hex digits. Source: machine-id(5). */
  readonly machineId: string;
  /** An OpenSSH private key, Ed25519. */
  readonly hostKey: string;
  /** The line that lets the island's key in. */
  readonly authorizedKey: string;
}

/** What an installer asks for and writes down on a bare Debian 12: names, one address, an SSH key. */
export function hostFiles(
  host: RehearsalHost,
  island: RehearsalIsland,
  identity: HostIdentity,
): readonly SeedFile[] {
  const { name, address, port, user } = host;
  const prefixLength = String(island.network.prefixLength);
  const home = user === 'root' ? 'root' : `home/${user}`;
  return [
    { path: 'etc/hostname', mode: 0o644, content: `${name}\n` },
    { path: 'etc/hosts', mode: 0o644, content: `127.0.0.1 localhost\n127.0.1.1 ${name}\n` },
    { path: 'etc/resolv.conf', mode: 0o644, content: '' },
    { path: 'etc/machine-id', mode: 0o444, content: `${identity.machineId}\n` },
    {
      path: 'etc/network/interfaces',
      mode: 0o644,
      content: [
        'auto lo',
        'iface lo inet loopback',
        'auto host0',
        'iface host0 inet static',
        `  address ${address}/${prefixLength}`,
        '',
      ].join('\n'),
    },
    { path: 'etc/ssh/ssh_host_ed25519_key', mode: 0o600, content: identity.hostKey },
    {
      path: 'etc/ssh/sshd_config.d/island.conf',
      mode: 0o644,
      content: `Port ${String(port)}\nPasswordAuthentication no\n`,
    },
    { path: `${home}/.ssh/authorized_keys`, mode: 0o600, content: `${identity.authorizedKey}\n` },
    ...sudoFiles(host),
  ];
}

function sudoFiles({ user, sudo }: RehearsalHost): readonly SeedFile[] {
  if (user === 'root') return [];
  const word = sudo === 'none' ? 'NOPASSWD: ALL' : 'ALL';
  return [
    { path: 'etc/sudoers.d/island', mode: 0o440, content: `${user} ALL=(ALL:ALL) ${word}\n` },
  ];
}
