import { execa } from 'execa';
import { shellWord } from '../../cli/input/shell-word.js';
import { builtCli } from '../helpers/repository.js';

/** A command that a person is shown, with what it is for. */
export interface Shown {
  readonly what: string;
  readonly program: 'wire-offline' | 'skopeo';
  readonly argv: readonly string[];
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Prints the command as one would type it, runs it, and lets it say what it says. */
export async function show({ what, program, argv, folder, env, signal }: Shown): Promise<void> {
  say(`\n# ${what}\n$ ${[program, ...argv].map(shellWord).join(' ')}`);
  const [file, words] =
    program === 'wire-offline' ? [process.execPath, [builtCli, ...argv]] : [program, [...argv]];
  await execa(file, words, {
    ...{ cwd: folder, env: { ...env }, stdio: 'inherit' },
    // A Ctrl-C reaches the command as well, and it stops cleanly by itself.
    ...{ cancelSignal: signal, forceKillAfterDelay: 10_000 },
  });
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
