import { Command, InvalidArgumentError, Option } from 'commander';
import type { BundleResult } from '../actions/bundle-recipe.js';
import type { GlobalFlags } from '../config/resolve.js';
import type { Context } from '../context.js';
import { bytesText, durationText } from '../ui/progress.js';
import { table, type Result } from '../ui/result.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';
import { repeatable } from './repeatable.js';

const exampleText = `
Examples:
  wire-offline bundle bundle-recipes/demo.recipe.yaml --out demo.bundle --key keys/private/alice
  wire-offline bundle wire.recipe.yaml --out wire.bundle --key alice --key bob --expires 2027-06-30

It takes the lock's word only; make or renew the lock with: wire-offline recipe lock RECIPE`;

interface BundleFlags extends OutputOption {
  readonly out: string;
  readonly key: readonly string[];
  readonly channel?: string;
  readonly sequence?: number;
  readonly expires?: string;
  readonly force?: boolean;
}

/** `bundle RECIPE`: collects what the lock pins and writes it as one signed file. */
export function bundleCommand(context: Context): Command {
  return addOutputOption(
    new Command('bundle')
      .description('collect what a lock pins into one signed file')
      .argument('<recipe>', 'a file whose name ends in .recipe.yaml')
      .requiredOption('--out <file>', 'the bundle to write')
      .addOption(
        repeatable('--key <file>', 'the private key of one who signs').makeOptionMandatory(),
      )
      .option('--channel <name>', "the channel, in the place of the recipe's")
      .addOption(
        new Option('--sequence <n>', "the sequence, in the place of the recipe's").argParser(
          parseSequence,
        ),
      )
      .option('--expires <date>', 'the last day, or time in UTC, at which an island may accept it')
      .option('--force', 'replace a file that is there')
      .addHelpText('after', exampleText),
  ).action(async (recipe: string, flags: BundleFlags, command: Command) => {
    const { resolveSettings } = await import('../config/resolve.js');
    const { bundleRecipe } = await import('../actions/bundle-recipe.js');
    const { settings } = await resolveSettings(command.optsWithGlobals<GlobalFlags>(), context);
    const { out, key: keys, channel, sequence, expires, force = false, output } = flags;
    const request = { recipe, out, keys, channel, sequence, expires, force };
    const bundle = await bundleRecipe(request, { settings, context });
    await showResult(context, output, bundleResult(bundle));
  });
}

function parseSequence(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > Number.MAX_SAFE_INTEGER)
    throw new InvalidArgumentError(
      `Expected a whole number from 1 to ${String(Number.MAX_SAFE_INTEGER)}.`,
    );
  return value;
}

function bundleResult(bundle: BundleResult): Result {
  const { path, identity, sizeBytes, document, durationMs, unchanged } = bundle;
  const { name, version, channel, sequence, createdAt, expiresAt } = document;
  const components = document.components.length;
  return {
    document: {
      schemaVersion: 1,
      ...{ path, unchanged, identity, size: sizeBytes, components, durationMs },
      ...{ name, version, channel, sequence, createdAt, expiresAt },
    },
    text: table([
      ['BUNDLE', unchanged ? `${path} (unchanged: it was this one already)` : path],
      ['IDENTITY', identity],
      ['CONTENT', `${name} ${version}, channel ${channel}, sequence ${String(sequence)}`],
      ['COMPONENTS', String(components)],
      ['SIZE', bytesText(sizeBytes)],
      ['TOOK', durationText(durationMs)],
    ]),
  };
}
