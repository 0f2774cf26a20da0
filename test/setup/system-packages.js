/**
 * The Debian packages that the repository needs beyond a bare Debian 12 with Node, and what for.
 *
 * @type {readonly { name: string, why: string }[]}
 */
export const systemPackages = [
  { name: 'ansible-lint', why: 'checks the Ansible templates; brings ansible-core' },
  { name: 'bash-completion', why: 'shell completion is tested in a real bash' },
  { name: 'fish', why: 'shell completion is tested in a real fish' },
  { name: 'zsh', why: 'shell completion is tested in a real zsh' },
];
