import { Command } from 'commander';
import type { Inspection } from '../actions/inspect-bundle.js';
import type { Context } from '../context.js';
import { bytesText } from '../ui/progress.js';
import { table } from '../ui/result.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';
import { readerSetup } from './reader.js';
import { addTrustOption } from './trust-option.js';

const exampleText = `
Examples:
  wire-offline inspect wire.bundle
  wire-offline inspect wire.bundle -o json | jq '.components[] | {name, proof}'`;

/** `inspect BUNDLE`: what it is and what it consists of. */
export function inspectCommand(context: Context): Command {
  const command = new Command('inspect')
    .description('show what a bundle is, its components and how their origin was proven')
    .argument('<bundle>', 'the file to look at')
    .addHelpText('after', exampleText);
  return addOutputOption(addTrustOption(command)).action(
    async (bundle: string, flags: OutputOption, self: Command) => {
      const { inspectBundle } = await import('../actions/inspect-bundle.js');
      const { trust, path } = await readerSetup(context, self);
      const inspection = await inspectBundle(path(bundle), trust);
      await showResult(context, flags.output, {
        document: { schemaVersion: 1, ...inspection },
        text: `${headText(inspection)}\n\n${componentsText(inspection)}`,
      });
    },
  );
}

function headText(inspection: Inspection): string {
  const { identity, name, version, kind, arch, channel, sequence, requires } = inspection;
  const { signedBy, createdAt, expiresAt, expired, minCli, sizeBytes } = inspection;
  return table([
    ['BUNDLE', identity],
    ['NAME', `${name} ${version} (${kind}, ${arch})`],
    ['CHANNEL', `${channel}, sequence ${String(sequence)}`],
    ...requires.map((base) => ['REQUIRES', base]),
    ['SIGNED BY', signedBy.join(', ')],
    ['CREATED', createdAt],
    ['EXPIRES', `${expiresAt ?? 'never'}${expired ? ' (EXPIRED)' : ''}`],
    ['NEEDS', `wire-offline ${minCli.version}: ${minCli.reason}`],
    ['SIZE', bytesText(sizeBytes)],
  ]);
}

function componentsText({ components }: Inspection): string {
  return table([
    ['COMPONENT', 'KIND', 'VERSION', 'ITEMS', 'SIZE', 'PROVEN BY', 'UPSTREAM'],
    ...components.map(({ name, kind, version, items, sizeBytes, proof, upstream }) => [
      ...[name, kind, version, String(items), bytesText(sizeBytes), proof.method, upstream],
    ]),
  ]);
}
