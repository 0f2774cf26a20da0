import { Command, Option } from 'commander';
import type { StandingIsland } from '../actions/rehearse-up.js';
import type { GlobalFlags } from '../config/resolve.js';
import type { Context } from '../context.js';
import { WireOfflineError } from '../errors.js';
import { shellWord } from '../input/shell-word.js';
import { profileNames, type ProfileName } from '../island/profiles.js';
import { bytesText } from '../ui/progress.js';
import { table, type Result } from '../ui/result.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';

const exampleText = `
Examples:
  wire-offline rehearse up --profile one-host
  wire-offline rehearse up --island wire.island.yaml --name trial

The hosts have keys of their own: use the island file that is printed, not yours, with preflight, push and install.
The first time makes the hosts' base, which takes a minute and this machine's apt sources.`;

interface UpFlags extends OutputOption {
  readonly island?: string;
  readonly profile?: ProfileName;
  readonly name?: string;
}

/** `rehearse up --island FILE | --profile P`. */
export function upCommand(context: Context): Command {
  return addOutputOption(
    new Command('up')
      .description('boot every host of an island')
      .option('--island <file>', 'the island file whose hosts to boot, at the addresses it says')
      .addOption(
        new Option('--profile <profile>', 'a kind of island instead, at addresses that are free')
          .choices(profileNames)
          .conflicts('island'),
      )
      .option('--name <name>', "the rehearsal's name, where it is not the island's")
      .addHelpText('after', exampleText),
  ).action(async (flags: UpFlags, self: Command) => {
    const { rehearseIsland, rehearseProfile } = await import('../actions/rehearse-source.js');
    const { resolveSettings } = await import('../config/resolve.js');
    const { settings } = await resolveSettings(self.optsWithGlobals<GlobalFlags>(), context);
    const { island, profile, name, output } = flags;
    const run = { settings, context };
    const named = name === undefined ? {} : { name };
    if (island !== undefined) {
      await showResult(
        context,
        output,
        upResult(await rehearseIsland({ file: island, ...named }, run)),
      );
    } else if (profile !== undefined) {
      await showResult(
        context,
        output,
        upResult(await rehearseProfile({ profile, ...named }, run)),
      );
    } else throw nothingNamed();
  });
}

function upResult(standing: StandingIsland): Result {
  const { name, islandFile, keyFile, knownHostsFile, sudoPasswordFile, hosts } = standing;
  const [first] = hosts;
  const ssh = ['ssh', '-i', keyFile, '-o', `UserKnownHostsFile=${knownHostsFile}`];
  const port = first === undefined || first.port === 22 ? [] : ['-p', String(first.port)];
  const login = first === undefined ? [] : [`${first.user}@${first.address}`];
  const rows = hosts.map((host) => [
    ...[host.name, host.address, bytesText(host.memoryBytes), String(host.cores)],
    host.disks.map(({ path, sizeBytes }) => `${path} ${bytesText(sizeBytes)}`).join(', '),
  ]);
  return {
    document: { schemaVersion: 1, ...standing },
    text: [
      table([['HOST', 'ADDRESS', 'MEMORY', 'CORES', 'DISKS'], ...rows]),
      '',
      table([
        ['REHEARSAL', name],
        ['ISLAND FILE', islandFile],
        ['SSH', [...ssh, ...port, ...login].map(shellWord).join(' ')],
        ...(sudoPasswordFile === undefined ? [] : [['SUDO PASSWORD', sudoPasswordFile]]),
      ]),
    ].join('\n'),
  };
}

function nothingNamed(): WireOfflineError {
  return new WireOfflineError('USAGE_INVALID', {
    message: 'rehearse up: expected --island FILE or --profile PROFILE, got neither',
    hint: 'see: wire-offline rehearse up --help',
  });
}
