import { Command } from 'commander';
import type { GlobalFlags } from '../config/resolve.js';
import type { Context } from '../context.js';
import type { FoundKey } from '../island/found-keys.js';
import { table } from '../ui/result.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';
import { repeatable } from './repeatable.js';
import { addSshKeyOption, sshAccess, type SshKeyOption } from './ssh-access.js';

const exampleText = `
Examples:
  wire-offline island scan-keys                               asks before it pins
  wire-offline island scan-keys north.yaml --host data1 --host data2
  wire-offline island scan-keys --replace data1               data1 was installed anew
  wire-offline island scan-keys --yes                         believes the network, just this once

Compare with what the machine itself says at its console: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`;

interface ScanFlags extends OutputOption, SshKeyOption {
  readonly host?: readonly string[];
  readonly replace?: readonly string[];
  readonly yes?: boolean;
}

/** `island scan-keys`: asks hosts for their keys, shows fingerprints, pins what a person confirms. */
export function scanKeysCommand(context: Context): Command {
  const command = addSshKeyOption(
    new Command('scan-keys')
      .description('ask each host for its host key, and pin those that you confirm')
      .argument('[file]', 'the island file', 'island.yaml')
      .addOption(repeatable('--host <name>', 'ask this host only'))
      .addOption(repeatable('--replace <name>', "this host's pinned key may change"))
      .option('--yes', 'pin without asking: only on a network that you trust')
      .addHelpText('after', exampleText),
  );
  return addOutputOption(command).action(async (file: string, flags: ScanFlags, self: Command) => {
    const { resolveSettings } = await import('../config/resolve.js');
    const { scanHostKeys } = await import('../actions/scan-host-keys.js');
    const { settings } = await resolveSettings(self.optsWithGlobals<GlobalFlags>(), context);
    const { host: hosts = [], replace = [], yes = false, output } = flags;
    const access = () => sshAccess(context, [], flags);
    const request = { file, hosts, replace, access, confirm: confirmAt(context, yes) };
    const keys = (await scanHostKeys(request, { settings, context })).map(keyRow);
    await showResult(context, output, {
      document: { schemaVersion: 1, file, keys },
      text: keysTable(keys),
    });
  });
}

function confirmAt(
  context: Context,
  yes: boolean,
): (keys: readonly FoundKey[]) => Promise<boolean> {
  return async (keys) => {
    if (yes) return true;
    const { hasTerminal } = await import('../ui/terminal.js');
    if (!hasTerminal(context)) return false;
    const { askLine } = await import('../ui/ask-line.js');
    context.stderr.write(`${keysTable(keys.map(keyRow))}\n`);
    const question = 'Are these the fingerprints that the machines themselves show? (yes/no)';
    return (await askLine(context, question)).trim() === 'yes';
  };
}

interface KeyRow {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly type: string;
  readonly fingerprint: string;
  /** What it was before this run. */
  readonly was: FoundKey['state'];
}

function keyRow({ endpoint, key, fingerprint, state }: FoundKey): KeyRow {
  const { name, address, port } = endpoint;
  return { name, address, port, type: key.type, fingerprint, was: state };
}

const words: Readonly<Record<FoundKey['state'], string>> = {
  pinned: 'pinned before',
  new: 'new',
  changed: 'CHANGED',
};

function keysTable(keys: readonly KeyRow[]): string {
  const rows = keys.map(({ name, address, port, type, fingerprint, was }) => [
    ...[name, `${address}:${String(port)}`, type, fingerprint, words[was]],
  ]);
  return table([['HOST', 'ADDRESS', 'TYPE', 'FINGERPRINT', 'STATE'], ...rows]);
}
