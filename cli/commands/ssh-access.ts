import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Context } from '../context.js';
import type { IslandHost } from '../island/island.js';
import type { HostAccess } from '../transport/host-access.js';
import { repeatable } from './repeatable.js';

export interface SshKeyOption {
  readonly sshKey?: readonly string[];
}

/** Gives a verb that reaches hosts `--ssh-key FILE`. */
export function addSshKeyOption(command: Command): Command {
  return command.addOption(
    repeatable(
      '--ssh-key <file>',
      'a private key to offer to hosts; by default the agent, then those in ~/.ssh',
    ),
  );
}

/** What the hosts will ask for; a person at the terminal is asked for what is missing. */
export async function sshAccess(
  context: Context,
  hosts: readonly IslandHost[],
  { sshKey = [] }: SshKeyOption,
): Promise<HostAccess> {
  const { readHostAccess } = await import('../transport/host-access.js');
  const { askSecret } = await import('../ui/ask-secret.js');
  const { hasTerminal } = await import('../ui/terminal.js');
  return readHostAccess(hosts, {
    keyFiles: sshKey.map((file) => resolve(context.cwd, file)),
    env: context.env,
    ask: hasTerminal(context) ? (question) => askSecret(context, question) : undefined,
  });
}
