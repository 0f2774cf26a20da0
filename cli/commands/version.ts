import { Command } from 'commander';
import type { Context } from '../context.js';
import { readPackage } from '../package.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';

const exampleText = `
Examples:
  wire-offline version
  wire-offline version -o json    the same for a program`;

/** `version`: what this program is and what it runs on. */
export function versionCommand(context: Context): Command {
  const command = new Command('version')
    .description('show the version of this tool and of what it runs on')
    .addHelpText('after', exampleText);
  return addOutputOption(command).action(async ({ output }: OutputOption) => {
    const { version } = readPackage();
    const { platform, arch, versions } = process;
    await showResult(context, output, {
      document: { schemaVersion: 1, version, node: versions.node, platform, arch },
      text: `wire-offline ${version} (Node ${versions.node}, ${platform} ${arch})`,
    });
  });
}
