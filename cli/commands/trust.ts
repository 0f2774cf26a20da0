import { resolve } from 'node:path';
import { Command } from 'commander';
import type { GlobalFlags } from '../config/resolve.js';
import type { Context } from '../context.js';
import { table } from '../ui/result.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';
import { addTrustOption } from './trust-option.js';

const exampleText = `
Examples:
  wire-offline trust show keys/trust                     whose keys, to compare by telephone
  wire-offline trust sign trust-2 --key keys/private/alice
  wire-offline trust accept trust-2                      it takes the place of the one in force

More: wire-offline docs trust`;

/** `trust show|sign|accept`: whose signatures count, and how that changes. */
export function trustCommand(context: Context): Command {
  return new Command('trust')
    .description('look at whose signatures count, and change it')
    .addHelpText('afterAll', exampleText)
    .addCommand(showCommand(context))
    .addCommand(signCommand(context))
    .addCommand(acceptCommand(context));
}

function showCommand(context: Context): Command {
  return addOutputOption(
    new Command('show')
      .description('show whose keys a trust folder names')
      .argument('[dir]', 'the trust folder; without one, the one in force'),
  ).action(async (dir: string | undefined, { output }: OutputOption, command: Command) => {
    const { describeTrust } = await import('../signing/describe-trust.js');
    const { env, signal, cwd } = context;
    const trust = await describeTrust({
      folder: dir === undefined ? await folderInForce(command, context) : resolve(cwd, dir),
      now: new Date(),
      env,
      signal,
    });
    const rows = trust.keys.map((key) => [
      key.identity,
      key.fingerprint,
      key.state,
      key.namespaces.join(','),
      key.validAfter ?? '-',
      key.validBefore ?? '-',
    ]);
    await showResult(context, output, {
      document: { schemaVersion: 1, ...trust },
      text: [
        `${trust.folder}: version ${String(trust.version)}, signatures of ${String(trust.threshold)} needed, channels ${trust.channels.join(', ')}`,
        table([['IDENTITY', 'FINGERPRINT', 'STATE', 'MAY SIGN', 'FROM', 'UNTIL'], ...rows]),
      ].join('\n'),
    });
  });
}

function signCommand(context: Context): Command {
  return addOutputOption(
    new Command('sign')
      .description('sign a new trust folder, as one whom the one in force names')
      .argument('<dir>', 'the new trust folder')
      .requiredOption('--key <file>', 'the private key'),
  ).action(async (dir: string, { key, output }: { readonly key: string } & OutputOption) => {
    const { readSigningKey } = await import('../signing/signing-key.js');
    const { signTrustFolder } = await import('../signing/rotation.js');
    const { hasTerminal } = await import('../ui/terminal.js');
    const { env, signal, cwd } = context;
    const run = { env, signal, terminal: hasTerminal(context) };
    const signingKey = await readSigningKey({ ...run, keyFile: resolve(cwd, key) });
    const signed = await signTrustFolder({
      ...{ ...run, now: new Date() },
      folder: resolve(cwd, dir),
      key: signingKey,
    });
    await showResult(context, output, {
      document: { schemaVersion: 1, ...signed },
      text: table([
        ['TRUST FOLDER', signed.folder],
        ['VERSION', String(signed.version)],
        ['SIGNED BY', signed.fingerprint],
        ['SIGNATURES', String(signed.signatures)],
      ]),
    });
  });
}

function acceptCommand(context: Context): Command {
  return addOutputOption(
    addTrustOption(
      new Command('accept')
        .description(
          'put a new trust folder, signed by the people of the one in force, in its place',
        )
        .argument('<dir>', 'the new trust folder'),
    ),
  ).action(async (dir: string, { output }: OutputOption, command: Command) => {
    const { acceptTrustFolder } = await import('../signing/rotation.js');
    const { env, signal, cwd } = context;
    const trustFolder = await folderInForce(command, context);
    const accepted = await acceptTrustFolder({
      candidate: resolve(cwd, dir),
      trustFolder,
      now: new Date(),
      env,
      signal,
    });
    await showResult(context, output, {
      document: { schemaVersion: 1, trustFolder, ...accepted },
      text: table([
        ['TRUST FOLDER', trustFolder],
        ['VERSION', `${String(accepted.from)} -> ${String(accepted.to)}`],
        ['SIGNED BY', accepted.signers.map(({ identity }) => identity).join(', ')],
        ['OLD ONE KEPT AT', accepted.kept],
      ]),
    });
  });
}

async function folderInForce(command: Command, context: Context): Promise<string> {
  const { resolveSettings } = await import('../config/resolve.js');
  const { settings } = await resolveSettings(command.optsWithGlobals<GlobalFlags>(), context);
  return settings.trust;
}
