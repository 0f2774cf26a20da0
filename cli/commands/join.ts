import { Command } from 'commander';
import type { Context } from '../context.js';
import { bytesText } from '../ui/progress.js';
import { table } from '../ui/result.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';
import { readerSetup } from './reader.js';
import { addTrustOption } from './trust-option.js';

const exampleText = `
Examples:
  wire-offline join parts/* --out wire.bundle      in any order; the parts stay as they are

The joined file gets its name only where its signatures hold; its blobs are judged by: wire-offline verify`;

interface JoinFlags extends OutputOption {
  readonly out: string;
}

/** `join PART...`: a bundle again. */
export function joinCommand(context: Context): Command {
  const command = new Command('join')
    .description('put the parts of a bundle together')
    .argument('<part...>', 'all parts, in any order')
    .requiredOption('--out <file>', 'the bundle to write')
    .addHelpText('after', exampleText);
  return addOutputOption(addTrustOption(command)).action(
    async (given: string[], flags: JoinFlags, self: Command) => {
      const { joinTrusted } = await import('../actions/join-parts.js');
      const { trust, ui, path } = await readerSetup(context, self);
      const out = path(flags.out);
      const joined = await joinTrusted({ parts: given.map(path), out, trust, ui });
      await showResult(context, flags.output, {
        document: { schemaVersion: 1, file: out, ...joined },
        text: table([
          ['BUNDLE', joined.identity],
          ['FILE', out],
          ['SIZE', bytesText(joined.sizeBytes)],
        ]),
      });
    },
  );
}
