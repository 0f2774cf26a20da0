import { Command } from 'commander';
import type { HostChange, HostRequest } from '../actions/rehearse-host.js';
import type { Context } from '../context.js';
import { table } from '../ui/result.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';
import { upCommand } from './rehearse-up.js';
import { listCommand } from './rehearse-list.js';

const exampleText = `
Examples:
  wire-offline rehearse up --profile ha-compact --name trial     boots nine hosts, and writes their island file
  wire-offline rehearse up --island wire.island.yaml             the hosts of an island of yours
  wire-offline rehearse list
  wire-offline rehearse exec data1 -- journalctl -b -p warning
  wire-offline rehearse kill data1 && wire-offline rehearse start data1      a power cut
  wire-offline rehearse down

As root, on a machine that can spare it. More: wire-offline docs rehearsal`;

/** `rehearse`: islands of real hosts on this machine, to try things on before they count. */
export function rehearseCommand(context: Context): Command {
  return new Command('rehearse')
    .description('boot a throw-away island of real hosts on this machine')
    .addHelpText('after', exampleText)
    .addCommand(upCommand(context))
    .addCommand(listCommand(context))
    .addCommand(execCommand(context))
    .addCommand(
      hostCommand(context, {
        verb: 'kill',
        about: "take a host's power away: what was not fsynced is lost",
        work: async (request) => (await actions()).killHost(request, context),
      }),
    )
    .addCommand(
      hostCommand(context, {
        verb: 'start',
        about: 'start a host that is off',
        work: async (request) => (await actions()).startHost(request, context),
      }),
    )
    .addCommand(
      hostCommand(context, {
        verb: 'cut',
        about: "pull a host's network cable",
        work: async (request) => (await actions()).setCable({ ...request, state: 'down' }, context),
      }),
    )
    .addCommand(
      hostCommand(context, {
        verb: 'heal',
        about: "plug a host's network cable in again",
        work: async (request) => (await actions()).setCable({ ...request, state: 'up' }, context),
      }),
    )
    .addCommand(downCommand(context));
}

const actions = async () => import('../actions/rehearse-host.js');

interface NameFlag {
  readonly name?: string;
}

const nameFlags = '--name <name>';
const nameAbout = 'which rehearsal; not needed while there is one';

interface HostVerb {
  readonly verb: string;
  readonly about: string;
  readonly work: (request: HostRequest) => Promise<HostChange>;
}

function hostCommand(context: Context, { verb, about, work }: HostVerb): Command {
  return addOutputOption(
    new Command(verb)
      .description(about)
      .argument('<host>', 'its name in the island file')
      .option(nameFlags, nameAbout),
  ).action(async (host: string, { name, output }: NameFlag & OutputOption) => {
    const done = await work({ host, island: name });
    await showResult(context, output, {
      document: { schemaVersion: 1, ...done },
      text: table([
        ['REHEARSAL', 'HOST', 'STATE'],
        [done.island, done.host, done.state],
      ]),
    });
  });
}

function execCommand(context: Context): Command {
  return new Command('exec')
    .description('run a program as root in a host, past SSH, and print what it prints')
    .argument('<host>', 'its name in the island file')
    .argument('<program>', 'after --, so that its flags are its own')
    .argument('[words...]', 'what the program is given')
    .option(nameFlags, nameAbout)
    .action(async (host: string, program: string, words: string[], { name }: NameFlag) => {
      const { execOnHost } = await actions();
      const request = { host, island: name, command: [program, ...words] as const };
      context.stdout.write(await execOnHost(request, context));
    });
}

interface DownFlags extends OutputOption {
  readonly all?: boolean;
}

function downCommand(context: Context): Command {
  return addOutputOption(
    new Command('down')
      .description('take a rehearsal away: processes, disks, bridge, cgroups and files')
      .argument('[name]', 'which rehearsal; not needed while there is one')
      .option('--all', 'all of your rehearsals'),
  ).action(async (name: string | undefined, { all, output }: DownFlags) => {
    const { rehearseDown } = await import('../actions/rehearse-down.js');
    const request = { ...(name === undefined ? {} : { name }), all: all === true };
    const down = await rehearseDown(request, context);
    await showResult(context, output, {
      document: { schemaVersion: 1, down },
      text: down.length === 0 ? 'there was none' : table([['DOWN'], ...down.map((one) => [one])]),
    });
  });
}
