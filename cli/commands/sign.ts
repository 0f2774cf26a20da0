import { resolve } from 'node:path';
import { Command } from 'commander';
import type { GlobalFlags } from '../config/resolve.js';
import type { Context } from '../context.js';
import { table } from '../ui/result.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';

const exampleText = `
Examples:
  wire-offline sign wire.bundle --key keys/private/bob        adds a second person's signature

What is signed is shown first: compare its identity with the others who sign. More: wire-offline docs trust`;

interface SignFlags extends OutputOption {
  readonly key: string;
}

/** `sign BUNDLE`: adds a signature in place. */
export function signCommand(context: Context): Command {
  return addOutputOption(
    new Command('sign')
      .description('add a signature to a bundle, in place')
      .argument('<bundle>', 'the file to sign')
      .requiredOption('--key <file>', 'the private key, or a public key that an agent holds')
      .addHelpText('after', exampleText),
  ).action(async (bundle: string, { key, output }: SignFlags, command: Command) => {
    const { signBundle } = await import('../actions/sign-bundle.js');
    const { hasTerminal } = await import('../ui/terminal.js');
    const { env, signal, cwd } = context;
    const note = await noteTo(context, command.optsWithGlobals<GlobalFlags>());
    const signed = await signBundle({
      file: resolve(cwd, bundle),
      keyFile: resolve(cwd, key),
      terminal: hasTerminal(context),
      onBundle: ({ name, version, channel, sequence, identity }) => {
        note(`signing ${name} ${version} (${channel}, sequence ${String(sequence)}), ${identity}`);
      },
      env,
      signal,
    });
    await showResult(context, output, {
      document: { schemaVersion: 1, ...signed },
      text: table([
        ['BUNDLE', signed.identity],
        ['SIGNED BY', signed.fingerprint],
        ['SIGNATURES', String(signed.signatures)],
      ]),
    });
  });
}

/** One line on standard error, also when quiet: nobody signs what was not shown. */
async function noteTo(context: Context, flags: GlobalFlags): Promise<(text: string) => void> {
  const { resolveSettings } = await import('../config/resolve.js');
  const { jsonEvents, plainEvents } = await import('../ui/events.js');
  const { settings } = await resolveSettings(flags, context);
  const sink = (settings.logFormat === 'json' ? jsonEvents : plainEvents)(context.stderr);
  return (text) => {
    sink({ type: 'note', path: ['sign'], text });
  };
}
