import { Command, InvalidArgumentError, Option } from 'commander';
import type { Context } from '../context.js';
import { maxUsers, type Plan } from '../island/plan.js';
import { bytesText } from '../ui/progress.js';
import { table } from '../ui/result.js';
import { identityOptions, type IdentityFlags } from './island-identity.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';

const exampleText = `
Examples:
  wire-offline island plan --users 2000
  wire-offline island plan --users 8000 --calls 40 --participants 12 -o json
  wire-offline island plan --users 8000 --out island.yaml      a file to fill in, sized so

It is the vendor's sizing for a couple of thousand users, in proportion beyond; measure before you buy.`;

interface PlanFlags extends OutputOption, IdentityFlags {
  readonly users: number;
  readonly calls: number;
  readonly participants: number;
  readonly out?: string;
}

/** `island plan`: hosts and traffic for so many users. */
export function planCommand(context: Context): Command {
  const command = new Command('plan')
    .description('say what hosts and network so many users need')
    .addOption(
      new Option('--users <n>', 'how many users there will be')
        .argParser(wholeNumber(1, maxUsers))
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--calls <n>', 'conference calls at once, at the busiest time')
        .argParser(wholeNumber(0, 10_000))
        .default(0),
    )
    .addOption(
      new Option('--participants <n>', 'people in each call')
        .argParser(wholeNumber(2, 500))
        .default(5),
    )
    .option('--out <file>', 'also write an island file of that size')
    .addHelpText('after', exampleText);
  return addOutputOption(identityOptions(command)).action(async (flags: PlanFlags) => {
    const { planAndWrite } = await import('../actions/plan-island.js');
    const { output, out, ...request } = flags;
    const plan = await planAndWrite({ ...request, out, cwd: context.cwd });
    await showResult(context, output, {
      document: { schemaVersion: 1, ...plan, file: out ?? null },
      text: `${hostsText(plan)}\n\n${trafficText(plan)}`,
    });
  });
}

function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,9}$/.test(text) && value >= from && value <= to) return value;
    throw new InvalidArgumentError(
      `Expected a whole number from ${String(from)} to ${String(to)}.`,
    );
  };
}

function hostsText({ hosts, total }: Plan): string {
  return table([
    ['HOSTS', 'COUNT', 'CORES', 'MEMORY', 'DISK'],
    ...[...hosts, { kind: 'all together', ...total }].map((row) => [
      ...[row.kind, String(row.count), String(row.cores)],
      ...[bytesText(row.memoryBytes), bytesText(row.diskBytes)],
    ]),
  ]);
}

function trafficText({ calls, participants, conferencing }: Plan): string {
  if (calls === 0) return 'Calls: none counted; say how many at once with --calls N';
  const { inBitsPerSec, outBitsPerSec, gigabitLinks } = conferencing;
  return [
    `Calls: ${String(calls)} at once with ${String(participants)} people each, all with audio and video; their cores are counted above`,
    table([
      ['into the servers', megabits(inBitsPerSec)],
      ['out of the servers', megabits(outBitsPerSec)],
      ['links of 1 Gbit/s', String(gigabitLinks)],
    ]),
  ].join('\n');
}

function megabits(bitsPerSec: number): string {
  return `${(bitsPerSec / 1_000_000).toFixed(1)} Mbit/s`;
}
