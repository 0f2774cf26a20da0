import { Option, type Command } from 'commander';
import { parseFolder } from './parse-folder.js';

/** Gives a verb `--trust DIR`, a setting that is read with all others by `resolveSettings`. */
export function addTrustOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--trust <dir>',
      'whose signatures count (default: $WIRE_OFFLINE_TRUST, else $XDG_CONFIG_HOME/wire-offline/trust)',
    ).argParser(parseFolder),
  );
}
