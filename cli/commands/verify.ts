import { Command } from 'commander';
import type { Context } from '../context.js';
import { bytesText } from '../ui/progress.js';
import { table } from '../ui/result.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';
import { readerSetup } from './reader.js';
import { addTrustOption } from './trust-option.js';

const exampleText = `
Examples:
  wire-offline verify wire.bundle --trust keys/trust      every byte
  wire-offline verify wire.bundle --head-only             signatures and structure only, at once
  wire-offline verify wire.bundle -o json > verdict.json

An expired bundle is refused here and by an island that has not yet accepted it; the other readers show the date.`;

interface VerifyFlags extends OutputOption {
  readonly headOnly?: boolean;
}

/** `verify BUNDLE`: may this file enter? */
export function verifyCommand(context: Context): Command {
  const command = new Command('verify')
    .description('check the signatures, the structure and every byte of a bundle')
    .argument('<bundle>', 'the file to judge')
    .option('--head-only', 'leave the blobs unread')
    .addHelpText('after', exampleText);
  return addOutputOption(addTrustOption(command)).action(
    async (bundle: string, flags: VerifyFlags, self: Command) => {
      const { verifyBundle } = await import('../actions/verify-bundle.js');
      const { trust, ui, path } = await readerSetup(context, self);
      const headOnly = flags.headOnly === true;
      const verified = await verifyBundle({ file: path(bundle), trust, headOnly, ui });
      await showResult(context, flags.output, {
        document: { schemaVersion: 1, ...verified },
        text: table([
          ['BUNDLE', verified.identity],
          ['NAME', `${verified.name} ${verified.version}`],
          ['CHANNEL', `${verified.channel}, sequence ${String(verified.sequence)}`],
          ['SIGNED BY', verified.signedBy.join(', ')],
          ['EXPIRES', verified.expiresAt ?? 'never'],
          ['SIZE', bytesText(verified.sizeBytes)],
          ['VERIFIED', headOnly ? 'head and structure; blobs unread' : 'every byte'],
        ]),
      });
    },
  );
}
