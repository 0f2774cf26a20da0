import { Command } from 'commander';
import type { GlobalFlags } from '../config/resolve.js';
import type { Context } from '../context.js';
import { table } from '../ui/result.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';

const exampleText = `
Examples:
  wire-offline config show                    every setting, its value and where it came from
  wire-offline config show -o json            the same for a program

More: wire-offline docs configuration`;

/** `config show`: every setting, its value and what decided it. */
export function configCommand(context: Context): Command {
  const show = addOutputOption(
    new Command('show').description('show every setting, its value and where it came from'),
  ).action(async ({ output }: OutputOption, command: Command) => {
    const { resolveSettings } = await import('../config/resolve.js');
    const { settingText } = await import('../config/settings.js');
    const { origins } = await resolveSettings(command.optsWithGlobals<GlobalFlags>(), context);
    const rows = origins.map(({ name, value, origin }) => [name, settingText(value), origin]);
    await showResult(context, output, {
      document: {
        schemaVersion: 1,
        settings: Object.fromEntries(
          origins.map(({ name, value, origin }) => [name, { value, origin }]),
        ),
      },
      text: table([['SETTING', 'VALUE', 'FROM'], ...rows]),
    });
  });
  return new Command('config')
    .description('look at the settings')
    .addHelpText('afterAll', exampleText)
    .addCommand(show);
}
