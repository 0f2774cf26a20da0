import { Command, Option } from 'commander';
import type { Context } from '../context.js';
import { profileNames, type ProfileName } from '../island/profiles.js';
import { table } from '../ui/result.js';
import { identityOptions, type IdentityFlags } from './island-identity.js';
import { planCommand } from './island-plan.js';
import { scanKeysCommand } from './island-scan-keys.js';
import { showCommand } from './island-show.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';

/** Where an island file is looked for when none is named. */
export const defaultIslandFile = 'island.yaml';

const exampleText = `
Examples:
  wire-offline island plan --users 5000 --calls 20            what hosts it takes
  wire-offline island init --profile ha-compact               writes island.yaml, to be filled in
  wire-offline island scan-keys                               pins host keys after you compared them
  wire-offline island check                                   all mistakes at once, no host touched
  wire-offline island show -o json | jq '.hosts[].name'       all that is said or follows from it

More: wire-offline docs island`;

/** `island init|check|show|scan-keys|plan`: the hosts and choices of an island. */
export function islandCommand(context: Context): Command {
  return new Command('island')
    .description('describe an island: its hosts, their host keys, its choices')
    .addHelpText('after', exampleText)
    .addCommand(planCommand(context))
    .addCommand(initCommand(context))
    .addCommand(scanKeysCommand(context))
    .addCommand(checkCommand(context))
    .addCommand(showCommand(context));
}

interface InitFlags extends OutputOption, IdentityFlags {
  readonly profile: ProfileName;
  readonly out: string;
}

function initCommand(context: Context): Command {
  const command = new Command('init')
    .description('write a commented island file to fill in')
    .addOption(
      new Option('--profile <name>', 'the shape of the island')
        .choices(profileNames)
        .makeOptionMandatory(),
    )
    .option('--out <file>', 'the island file to write', defaultIslandFile)
    .addHelpText(
      'after',
      `
Examples:
  wire-offline island init --profile one-host
  wire-offline island init --profile ha --out north.yaml --name north --domain wire.example`,
    );
  return addOutputOption(identityOptions(command)).action(async (flags: InitFlags) => {
    const { initIsland } = await import('../actions/init-island.js');
    const { output, ...request } = flags;
    const made = await initIsland({ ...request, cwd: context.cwd });
    const rows = made.hosts.map(({ name, roles }) => [name, roles.join(', ')]);
    await showResult(context, output, {
      document: { schemaVersion: 1, ...made },
      text: [
        `${made.file}: profile ${made.profile}; put in the addresses of your hosts, then: wire-offline island scan-keys ${made.file}`,
        table([['HOST', 'ROLES'], ...rows]),
      ].join('\n'),
    });
  });
}

function checkCommand(context: Context): Command {
  return addOutputOption(
    new Command('check')
      .description('check an island file, without touching a host')
      .argument('[file]', 'the island file', defaultIslandFile)
      .addHelpText(
        'after',
        `
Examples:
  wire-offline island check
  wire-offline island check north.yaml && wire-offline island show north.yaml`,
      ),
  ).action(async (file: string, { output }: OutputOption) => {
    const { checkIsland } = await import('../actions/check-island.js');
    const { name, domain, channel, hosts } = await checkIsland({ file, cwd: context.cwd });
    const count = hosts.length;
    await showResult(context, output, {
      document: { schemaVersion: 1, file, name, domain, channel, hosts: count },
      text: `${file}: island ${name}, domain ${domain}, channel ${channel}, ${String(count)} hosts with pinned keys: valid`,
    });
  });
}
