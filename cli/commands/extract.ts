import { Command } from 'commander';
import type { Context } from '../context.js';
import { bytesText } from '../ui/progress.js';
import { table } from '../ui/result.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';
import { readerSetup } from './reader.js';
import { addTrustOption } from './trust-option.js';

const exampleText = `
Examples:
  wire-offline extract wire.bundle cassandra jdk --out unpacked
  wire-offline extract wire.bundle registry --out unpacked     an image becomes an OCI layout: oci:unpacked/registry`;

interface ExtractFlags extends OutputOption {
  readonly out: string;
}

/** `extract BUNDLE COMPONENT...`: components as files. */
export function extractCommand(context: Context): Command {
  const command = new Command('extract')
    .description('write components of a bundle as files, each byte verified on its way')
    .argument('<bundle>', 'the file to read')
    .argument('<component...>', 'the components to write')
    .requiredOption('--out <dir>', 'the folder that gets a folder for each component')
    .addHelpText('after', exampleText);
  return addOutputOption(addTrustOption(command)).action(
    async (bundle: string, names: string[], flags: ExtractFlags, self: Command) => {
      const { extractBundle } = await import('../actions/extract-bundle.js');
      const { trust, ui, path } = await readerSetup(context, self);
      const out = path(flags.out);
      const extracted = await extractBundle({ file: path(bundle), names, out, trust, ui });
      const rows = extracted.components.map(({ component, files, sizeBytes, folder }) => [
        ...[component, String(files), bytesText(sizeBytes), folder],
      ]);
      await showResult(context, flags.output, {
        document: { schemaVersion: 1, ...extracted },
        text: table([['COMPONENT', 'FILES', 'SIZE', 'FOLDER'], ...rows]),
      });
    },
  );
}
