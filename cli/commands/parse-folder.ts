import { InvalidArgumentError } from 'commander';

/** The name of a folder as an option has it: an empty one would mean the working folder. */
export function parseFolder(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected the name of a folder.');
  return text;
}
