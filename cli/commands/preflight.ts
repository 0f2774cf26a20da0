import { Command } from 'commander';
import type { Preflighted } from '../actions/preflight-hosts.js';
import type { Context } from '../context.js';
import type { Verdict } from '../preflight/verdict.js';
import { table } from '../ui/result.js';
import { safeText } from '../ui/safe-text.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';
import { readerSetup } from './reader.js';
import { addSshKeyOption, sshAccess, type SshKeyOption } from './ssh-access.js';
import { addTrustOption } from './trust-option.js';

const exampleText = `
Examples:
  wire-offline preflight --island island.yaml
  wire-offline preflight --island island.yaml --bundle wire.bundle --ssh-key ~/.ssh/island
  wire-offline preflight --island island.yaml -o json | jq '.verdicts[] | select(.state != "ok")'

Nothing is changed on any host. Exit status 5 where a check failed; what each looks at: wire-offline docs preflight`;

interface PreflightFlags extends OutputOption, SshKeyOption {
  readonly island: string;
  readonly bundle?: string;
}

/** `preflight --island FILE`: whether the island's hosts are fit. */
export function preflightCommand(context: Context): Command {
  const command = new Command('preflight')
    .description('look whether the hosts of an island are fit for it, and change nothing')
    .requiredOption('--island <file>', 'the island file')
    .option('--bundle <file>', 'the bundle that they are to take')
    .addHelpText('after', exampleText);
  return addOutputOption(addSshKeyOption(addTrustOption(command))).action(
    async (flags: PreflightFlags, self: Command) => {
      const { preflightHosts } = await import('../actions/preflight-hosts.js');
      const { refuseUnfit } = await import('../preflight/failure.js');
      const { readIsland } = await import('../island/read.js');
      const { trust, ui, path } = await readerSetup(context, self);
      const island = await readIsland({ file: flags.island, cwd: context.cwd });
      const found = await preflightHosts({
        island,
        bundle: flags.bundle === undefined ? undefined : { file: path(flags.bundle), trust },
        access: () => sshAccess(context, island.hosts, flags),
        ui,
      });
      await showResult(context, flags.output, {
        document: { schemaVersion: 1, ...found },
        text: preflightText(found),
      });
      refuseUnfit(found.verdicts);
    },
  );
}

function preflightText({ verdicts }: Preflighted): string {
  const hosts = [...new Set(verdicts.map(({ host }) => host))];
  const counts = table([
    ['HOST', 'OK', 'WARNED', 'FAILED'],
    ...hosts.map((host) => [
      host,
      ...(['ok', 'warned', 'failed'] as const).map((state) =>
        String(verdicts.filter((one) => one.host === host && one.state === state).length),
      ),
    ]),
  ]);
  const told = verdicts.filter(({ state }) => state !== 'ok').map(verdictText);
  return [counts, ...told].join('\n\n');
}

function verdictText({ id, host, state, expected, found, hint }: Verdict): string {
  const said = safeText(found).replaceAll('\n', '\n            ');
  return `${state.toUpperCase()} ${host} ${id}
  expected: ${expected}
  found:    ${said}
  do:       ${safeText(hint ?? '')}`;
}
