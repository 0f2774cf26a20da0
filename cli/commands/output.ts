import { Option, type Command } from 'commander';
import type { Context } from '../context.js';
import { resultFormats, resultText, type Result, type ResultFormat } from '../ui/result.js';

export interface OutputOption {
  readonly output: ResultFormat;
}

/** Gives a verb `-o table|json|yaml`. */
export function addOutputOption(command: Command): Command {
  return command.addOption(
    new Option('-o, --output <format>', 'how the result is printed')
      .choices(resultFormats)
      .default('table'),
  );
}

/** Prints a verb's result, the only thing that ever goes to standard output. */
export async function showResult(
  context: Context,
  format: ResultFormat,
  result: Result,
): Promise<void> {
  context.stdout.write(await resultText(result, format));
}
