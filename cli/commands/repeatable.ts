import { Option } from 'commander';

/** An option that may be given more than once; its value is the list of what was given, or nothing. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description} (repeatable)`).argParser(
    (word: string, words: readonly string[] | undefined) => [...(words ?? []), word],
  );
}
