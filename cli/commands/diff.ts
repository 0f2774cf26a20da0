import { Command } from 'commander';
import type { TrustedDiff } from '../actions/diff-bundles.js';
import type { Context } from '../context.js';
import { bytesText } from '../ui/progress.js';
import { table } from '../ui/result.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';
import { readerSetup } from './reader.js';
import { addTrustOption } from './trust-option.js';

const exampleText = `
Examples:
  wire-offline diff installed.bundle new.bundle
  wire-offline diff installed.bundle new.bundle -o json | jq .newBytes`;

/** `diff OLD NEW`: what changes, and what an island would have to receive. */
export function diffCommand(context: Context): Command {
  const command = new Command('diff')
    .description('show what changes from one bundle to another, version by version')
    .argument('<old>', 'the bundle that an island has')
    .argument('<new>', 'the bundle that it would get')
    .addHelpText('after', exampleText);
  return addOutputOption(addTrustOption(command)).action(
    async (from: string, to: string, flags: OutputOption, self: Command) => {
      const { diffTrusted } = await import('../actions/diff-bundles.js');
      const { trust, path } = await readerSetup(context, self);
      const diff = await diffTrusted({ from: path(from), to: path(to) }, trust);
      await showResult(context, flags.output, {
        document: { schemaVersion: 1, ...diff },
        text: diffText(diff),
      });
    },
  );
}

function diffText({ from, to, components, newBlobs, newBytes, totalBytes }: TrustedDiff): string {
  const rows = components.flatMap(({ change, component, items, ...versions }) => [
    [change, component, versions.from ?? '-', versions.to ?? '-'],
    ...items.map((item) => [
      ...[`  ${item.change}`, `  ${item.item}`, item.from ?? '-', item.to ?? '-'],
    ]),
  ]);
  return [
    table([
      ['FROM', `${from.name} ${from.version}, sequence ${String(from.sequence)}`, from.identity],
      ['TO', `${to.name} ${to.version}, sequence ${String(to.sequence)}`, to.identity],
    ]),
    rows.length === 0
      ? 'no component changes'
      : table([['CHANGE', 'COMPONENT', 'FROM', 'TO'], ...rows]),
    `an island that has the first receives ${bytesText(newBytes)} of ${bytesText(totalBytes)} in ${String(newBlobs)} blobs`,
  ].join('\n\n');
}
