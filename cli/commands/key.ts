import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Context } from '../context.js';
import { WireOfflineError } from '../errors.js';
import { table } from '../ui/result.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';

const exampleText = `
Examples:
  wire-offline key generate --out keys --identity alice                      asks for a passphrase
  wire-offline key generate --out keys --identity builder --no-passphrase    for a machine

The private key stays in DIR/private; DIR/trust is what islands get. More: wire-offline docs trust`;

interface GenerateFlags extends OutputOption {
  readonly out: string;
  readonly identity: string;
  /** False where `--no-passphrase` was given. */
  readonly passphrase: boolean;
}

/** `key generate`: a signing key and the trust folder that names it. */
export function keyCommand(context: Context): Command {
  const generate = addOutputOption(
    new Command('generate')
      .description('make a signing key, and a trust folder that names it')
      .requiredOption('--out <dir>', 'gets private/NAME and trust/')
      .requiredOption('--identity <name>', 'who holds the key')
      .option('--no-passphrase', 'keep the private key unencrypted, for a machine to use'),
  ).action(async ({ output, out, identity, passphrase }: GenerateFlags) => {
    const { generateKey } = await import('../signing/generate-key.js');
    await refuseNobody(context, passphrase);
    const { env, signal } = context;
    const made = await generateKey({
      out: resolve(context.cwd, out),
      identity,
      passphrase: passphrase ? 'ask' : 'none',
      env,
      signal,
    });
    await showResult(context, output, {
      document: { schemaVersion: 1, ...made },
      text: table([
        ['IDENTITY', made.identity],
        ['FINGERPRINT', made.fingerprint],
        ['PRIVATE KEY', made.privateKeyFile],
        ['TRUST FOLDER', made.trustFolder],
      ]),
    });
  });
  return new Command('key')
    .description('make signing keys')
    .addHelpText('afterAll', exampleText)
    .addCommand(generate);
}

async function refuseNobody(context: Context, passphrase: boolean): Promise<void> {
  const { hasTerminal } = await import('../ui/terminal.js');
  if (!passphrase || hasTerminal(context)) return;
  throw new WireOfflineError('KEY_NEEDS_PASSPHRASE', {
    message: 'key generate: expected a terminal to ask for the passphrase at, got none',
    hint: 'run it at a terminal, or add --no-passphrase for a key that a machine uses',
  });
}
