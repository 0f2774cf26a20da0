/**
 * The Debian packages that the repository needs beyond a bare Debian 12 with Node, and what for.
 *
 * @type {readonly { name: string, why: string }[]}
 */
export const systemPackages = [
  { name: 'ansible-lint', why: 'checks the Ansible templates; brings ansible-core' },
  { name: 'apache2-utils', why: 'makes the password file of the registry of the tests' },
  { name: 'bash-completion', why: 'shell completion is tested in a real bash' },
  { name: 'busybox-static', why: 'the program in the images of the tests' },
  { name: 'docker-registry', why: 'images are collected from a real registry' },
  { name: 'fish', why: 'shell completion is tested in a real fish' },
  { name: 'gnupg', why: 'signs the Debian archives and charts of the tests; gpgv proves charts' },
  { name: 'e2fsprogs', why: 'mkfs.ext4 makes the disks of rehearsal hosts' },
  { name: 'iproute2', why: 'ip makes the bridge that rehearsal hosts are on' },
  { name: 'libfaketime', why: 'gives one rehearsal host a wrong clock, for preflight' },
  { name: 'maven', why: 'solves closures of Maven components, and knows where artifacts are' },
  {
    name: 'mmdebstrap',
    why: 'makes the bare Debian on which a bundle has to install, and that rehearsal hosts boot',
  },
  { name: 'nftables', why: 'nft fences the bridge of rehearsal hosts, so that it has no way out' },
  { name: 'openssh-client', why: 'ssh-keygen signs and verifies bundles; ssh-agent holds keys' },
  { name: 'openssh-server', why: 'hosts of the tests are reached through a real sshd' },
  { name: 'openssl', why: 'makes the private CA of the servers of the tests' },
  { name: 'python3-pip', why: 'solves closures of Python wheels' },
  { name: 'openjdk-17-jre-headless', why: 'runs the Cassandra of the backend’s tests' },
  { name: 'redis-server', why: 'keeps presences in the backend’s tests' },
  { name: 'skopeo', why: 'reads the images in a bundle without our tool' },
  { name: 'sudo', why: 'users of the test hosts become root with and without a password' },
  { name: 'systemd-container', why: 'systemd-nspawn boots rehearsal hosts' },
  { name: 'zsh', why: 'shell completion is tested in a real zsh' },
];
