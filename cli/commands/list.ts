import { Command, Option } from 'commander';
import type { Context } from '../context.js';
import { bytesText } from '../ui/progress.js';
import { table } from '../ui/result.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';
import { readerSetup } from './reader.js';
import { addTrustOption } from './trust-option.js';

const kinds = ['image', 'chart', 'deb', 'file'] as const;

const exampleText = `
Examples:
  wire-offline list wire.bundle
  wire-offline list wire.bundle --kind image -o json | jq -r '.items[].place'`;

interface ListFlags extends OutputOption {
  readonly kind?: (typeof kinds)[number];
}

/** `list BUNDLE`: every item in it. */
export function listCommand(context: Context): Command {
  const command = new Command('list')
    .description('list the images, charts, packages and files in a bundle')
    .argument('<bundle>', 'the file to look at')
    .addOption(new Option('--kind <kind>', 'only items of this kind').choices(kinds))
    .addHelpText('after', exampleText);
  return addOutputOption(addTrustOption(command)).action(
    async (bundle: string, flags: ListFlags, self: Command) => {
      const { listBundle } = await import('../actions/list-bundle.js');
      const { trust, path } = await readerSetup(context, self);
      const listing = await listBundle(path(bundle), trust, flags.kind);
      const rows = listing.items.map(({ kind, component, name, version, sizeBytes, place }) => [
        ...[kind, component, name, version, bytesText(sizeBytes), place],
      ]);
      await showResult(context, flags.output, {
        document: { schemaVersion: 1, ...listing },
        text: table([['KIND', 'COMPONENT', 'NAME', 'VERSION', 'SIZE', 'WHERE'], ...rows]),
      });
    },
  );
}
