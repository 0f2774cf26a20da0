import { Command } from 'commander';
import type { Pushed } from '../actions/push-bundle.js';
import type { Context } from '../context.js';
import { defaultIslandFile } from './island.js';
import { bytesText } from '../ui/progress.js';
import { table } from '../ui/result.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';
import { readerSetup } from './reader.js';
import { addSshKeyOption, sshAccess, type SshKeyOption } from './ssh-access.js';
import { addTrustOption } from './trust-option.js';

const exampleText = `
Examples:
  wire-offline push wire.bundle --dry-run                 what would go where, in bytes
  wire-offline push wire.bundle --island north.yaml --ssh-key ~/.ssh/island

Only what the assets host lacks goes over the line. After a break the same command goes on where it stopped.`;

interface PushFlags extends OutputOption, SshKeyOption {
  readonly island: string;
  readonly dryRun?: boolean;
}

/** `push BUNDLE`: a bundle's missing bytes to the island. */
export function pushCommand(context: Context): Command {
  const command = new Command('push')
    .description('bring a bundle to an island: only the bytes that its assets host lacks')
    .argument('<bundle>', 'the file to bring')
    .option('--island <file>', 'the island file', defaultIslandFile)
    .option('--dry-run', 'say what would change on each host, and change nothing')
    .addHelpText('after', exampleText);
  return addOutputOption(addSshKeyOption(addTrustOption(command))).action(
    async (bundle: string, flags: PushFlags, self: Command) => {
      const { pushBundle } = await import('../actions/push-bundle.js');
      const { readIsland } = await import('../island/read.js');
      const { trust, ui, path } = await readerSetup(context, self);
      const island = await readIsland({ file: flags.island, cwd: context.cwd });
      const access = () => sshAccess(context, island.hosts, flags);
      const dryRun = flags.dryRun === true;
      const pushed = await pushBundle({ file: path(bundle), island, trust, access, dryRun, ui });
      await showResult(context, flags.output, {
        document: { schemaVersion: 1, ...pushed },
        text: pushedText(pushed),
      });
    },
  );
}

function pushedText({ identity, name, version, channel, sequence, dryRun, hosts }: Pushed): string {
  const rows = hosts.map(({ host, sizeBytes, changes }) => [
    ...[host, bytesText(sizeBytes), changes.join('; ') || 'nothing'],
  ]);
  const facts = table([
    ['BUNDLE', identity],
    ['NAME', `${name} ${version}`],
    ['CHANNEL', `${channel}, sequence ${String(sequence)}`],
  ]);
  return `${facts}\n\n${table([['HOST', dryRun ? 'WOULD GET' : 'GOT', 'CHANGES'], ...rows])}`;
}
