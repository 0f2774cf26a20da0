import { Command, InvalidArgumentError, Option } from 'commander';
import { minPartBytes, parseByteSize } from '../bundle/part-size.js';
import type { Context } from '../context.js';
import { bytesText } from '../ui/progress.js';
import { table } from '../ui/result.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';
import { readerSetup } from './reader.js';
import { addTrustOption } from './trust-option.js';

const exampleText = `
Examples:
  wire-offline split wire.bundle --size 4GB --out parts       4,000,000,000 bytes: fits on FAT32
  wire-offline split wire.bundle --size 4480MiB --out parts   a DVD`;

interface SplitFlags extends OutputOption {
  readonly size: number;
  readonly out: string;
}

/** `split BUNDLE`: parts for media. */
export function splitCommand(context: Context): Command {
  const command = new Command('split')
    .description('cut a bundle into parts for media')
    .argument('<bundle>', 'the file to cut')
    .addOption(
      new Option('--size <size>', 'how large a part may be: 4GB, 3.5GiB, 700MB')
        .argParser(parseSize)
        .makeOptionMandatory(),
    )
    .requiredOption('--out <dir>', 'the folder for the parts')
    .addHelpText('after', exampleText);
  return addOutputOption(addTrustOption(command)).action(
    async (bundle: string, flags: SplitFlags, self: Command) => {
      const { splitTrusted } = await import('../actions/split-bundle.js');
      const { trust, ui, path } = await readerSetup(context, self);
      const target = { maxPartBytes: flags.size, out: path(flags.out) };
      const result = await splitTrusted({ file: path(bundle), ...target, trust, ui });
      const rows = result.parts.map(({ file, sizeBytes }) => [bytesText(sizeBytes), file]);
      await showResult(context, flags.output, {
        document: { schemaVersion: 1, ...result },
        text: table([['SIZE', 'PART'], ...rows]),
      });
    },
  );
}

function parseSize(text: string): number {
  const bytes = parseByteSize(text);
  if (bytes === undefined || bytes < minPartBytes)
    throw new InvalidArgumentError('Expected a size of at least 1MB, such as 4GB or 3.5GiB.');
  return bytes;
}
