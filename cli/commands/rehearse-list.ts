import { Command } from 'commander';
import type { Listing } from '../actions/rehearse-list.js';
import type { Context } from '../context.js';
import { bytesText } from '../ui/progress.js';
import { table } from '../ui/result.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';

/** `rehearse list`. */
export function listCommand(context: Context): Command {
  return addOutputOption(
    new Command('list').description('show the rehearsals and how their hosts are'),
  ).action(async ({ output }: OutputOption) => {
    const { listRehearsals } = await import('../actions/rehearse-list.js');
    const listing = await listRehearsals(context);
    await showResult(context, output, {
      document: { schemaVersion: 1, ...listing },
      text: listingText(listing),
    });
  });
}

function listingText({ islands, others }: Listing): string {
  const rows = islands.flatMap(({ name, hosts }) => {
    if (hosts.length === 0) return [[name, '-', '-', 'a start that was stopped', '-', '-']];
    return hosts.map((host) => [
      ...[name, host.name, host.address, host.state],
      ...[bytesText(host.memoryBytes), String(host.cores)],
    ]);
  });
  const foreign = others.map((name) => [name, '-', '-', 'of another user, or lost', '-', '-']);
  if (rows.length + foreign.length === 0) return 'no rehearsals';
  const head = ['REHEARSAL', 'HOST', 'ADDRESS', 'STATE', 'MEMORY', 'CORES'];
  const files = islands.map(({ name, islandFile }) => [`${name}:`, islandFile]);
  return [table([head, ...rows, ...foreign]), ...(files.length > 0 ? [table(files)] : [])].join(
    '\n\n',
  );
}
