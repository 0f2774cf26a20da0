import type { Command } from 'commander';

export interface IdentityFlags {
  readonly name: string;
  readonly domain: string;
  readonly user: string;
}

/** Gives a verb that writes an island file the options that name the island. */
export function identityOptions(command: Command): Command {
  return command
    .option('--name <name>', "the island's name", 'island')
    .option('--domain <domain>', 'the domain of its users, for ever', 'wire.example')
    .option('--user <name>', 'whom SSH logs in as', 'operator');
}
