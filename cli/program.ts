import tab from '@bomb.sh/tab/commander';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { bundleCommand } from './commands/bundle.js';
import { configCommand } from './commands/config.js';
import { diffCommand } from './commands/diff.js';
import { docsCommand } from './commands/docs.js';
import { extractCommand } from './commands/extract.js';
import { inspectCommand } from './commands/inspect.js';
import { islandCommand } from './commands/island.js';
import { joinCommand } from './commands/join.js';
import { keyCommand } from './commands/key.js';
import { listCommand } from './commands/list.js';
import { preflightCommand } from './commands/preflight.js';
import { parseFolder } from './commands/parse-folder.js';
import { pushCommand } from './commands/push.js';
import { recipeCommand } from './commands/recipe.js';
import { rehearseCommand } from './commands/rehearse.js';
import { signCommand } from './commands/sign.js';
import { splitCommand } from './commands/split.js';
import { trustCommand } from './commands/trust.js';
import { verifyCommand } from './commands/verify.js';
import { versionCommand } from './commands/version.js';
import type { GlobalFlags } from './config/resolve.js';
import type { Settings } from './config/settings.js';
import type { Context } from './context.js';
import { WireOfflineError, hasSystemCode, toWireOfflineError } from './errors.js';
import { exitCodes } from './exit-codes.js';
import { readPackage } from './package.js';
import { errorText } from './ui/error-text.js';

const completionText = `
Examples:
  source <(wire-offline completion bash)                     in this shell
  wire-offline completion bash > /etc/bash_completion.d/wire-offline
  wire-offline completion fish > ~/.config/fish/completions/wire-offline.fish`;

const exampleText = `
Examples:
  wire-offline docs                      what this tool can explain
  wire-offline config show               every setting, its value and where it came from
  source <(wire-offline completion bash) words after TAB, in this shell

Exit status: 0 ok, 2 wrong usage, 3 invalid file, 4 verification failed; all: wire-offline docs errors`;

/** Runs one command line and gives its exit status; it never throws for what the user did. */
export async function run(context: Context): Promise<number> {
  const program = buildProgram(context);
  try {
    await parse(program, context.argv);
    await flush(context.stdout);
    return exitCodes.ok;
  } catch (thrown) {
    const error: unknown = context.signal.aborted
      ? context.signal.reason
      : fromCommander(thrown, program);
    return await reportError(toWireOfflineError(error), program, context);
  }
}

/** Help that was asked for is a success; it is told as an error that has none. */
async function parse(program: Command, argv: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError) || thrown.exitCode !== 0) throw thrown;
  }
}

/** The tree of verbs; what a verb needs beyond its flags is loaded when it runs. */
export function buildProgram(context: Context): Command {
  const program = new Command('wire-offline')
    .description('Puts a Wire backend where there is no internet.')
    .version(readPackage().version, '-V, --version', 'show the version alone')
    .addOption(
      new Option('--config <file>', 'read settings from this file only (- for standard input)'),
    )
    .addOption(
      new Option('--cache <dir>', 'where fetched and built blobs are kept').argParser(parseFolder),
    )
    .addOption(
      new Option('-j, --concurrency <n>', 'how many transfers run at once (default: 8)').argParser(
        parseConcurrency,
      ),
    )
    .addOption(
      new Option('--log-format <format>', 'how progress is shown').choices([
        'auto',
        'plain',
        'json',
      ]),
    )
    .addOption(new Option('--no-color', 'never color the output'))
    .addOption(new Option('-q, --quiet', 'show errors and the result only').conflicts('verbose'))
    .addOption(new Option('-v, --verbose', 'show details, and the causes of errors'))
    .addHelpText('after', exampleText)
    .showSuggestionAfterError(true)
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    // What was stopped before it began, such as a run in a folder that was removed, does nothing.
    .hook('preAction', () => {
      context.signal.throwIfAborted();
    })
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => {
        // A program that reads errors as objects has no use for the help that goes with one.
        if (program.opts<GlobalFlags>().logFormat !== 'json') context.stderr.write(text);
      },
      // Commander's own words are printed once, by reportError.
      outputError: () => undefined,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  const verbs = [
    ...[versionCommand, docsCommand, configCommand, keyCommand, signCommand, trustCommand],
    ...[recipeCommand, bundleCommand],
    ...[verifyCommand, inspectCommand, listCommand, diffCommand, extractCommand],
    ...[splitCommand, joinCommand],
    ...[islandCommand, rehearseCommand, preflightCommand, pushCommand],
  ];
  for (const verb of verbs) program.addCommand(inherit(verb(context), program));
  tab(program, { completionCommandName: 'completion' });
  program.commands
    .find((command) => command.name() === 'completion')
    ?.addHelpText('after', completionText);
  return program;
}

/** addCommand, unlike command(), hands no settings down. */
function inherit(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherit(child, command);
  return command;
}

function parseConcurrency(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 256)
    throw new InvalidArgumentError('Expected a whole number from 1 to 256.');
  return value;
}

function fromCommander(thrown: unknown, program: Command): unknown {
  if (!(thrown instanceof CommanderError)) return thrown;
  if (thrown.code === 'commander.help') {
    return new WireOfflineError('USAGE_INVALID', {
      message: 'no verb given: expected one of those above',
      hint: 'start with: wire-offline docs',
    });
  }
  return new WireOfflineError('USAGE_INVALID', {
    message: thrown.message.replace(/^error: /, '').replace(/\n+/g, ' '),
    hint: `see: ${verbOf(program).join(' ')} --help`,
    cause: thrown,
  });
}

/** The words, as far as they name a verb: `wire-offline recipe lock`. */
function verbOf(program: Command): readonly string[] {
  const path = [program.name()];
  let command = program;
  for (const word of program.args) {
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next === undefined) break;
    path.push(word);
    command = next;
  }
  return path;
}

/** Waits until the result is out: a reader that went away (`| head`) is content, a full disk behind `>` is not. */
async function flush(stdout: Context['stdout']): Promise<void> {
  await new Promise<void>((resolve) => {
    if (stdout.errored) resolve();
    else
      stdout.write('', () => {
        resolve();
      });
  });
  const failure = stdout.errored;
  if (failure === null || hasSystemCode(failure, 'EPIPE')) return;
  throw new WireOfflineError('OUTPUT_FAILED', {
    message: `standard output: expected to write the result there, got ${failure.message}`,
    hint: 'make room, or send the output elsewhere',
    cause: failure,
  });
}

async function reportError(
  error: WireOfflineError,
  program: Command,
  context: Context,
): Promise<number> {
  const { logFormat, color, verbosity } = await presentation(program.opts<GlobalFlags>(), context);
  const text = errorText(error, {
    format: logFormat === 'json' ? 'json' : 'text',
    color: color === 'auto' && context.stderr.isTTY,
    verbose: verbosity === 'verbose' || error.code === 'UNEXPECTED',
  });
  context.stderr.write(text);
  return error.exitCode;
}

/** How this run's errors are shown; where the configuration is itself what is wrong, as the rest of it says. */
async function presentation(flags: GlobalFlags, context: Context): Promise<Settings> {
  const { certainSettings, resolveSettings } = await import('./config/resolve.js');
  try {
    return (await resolveSettings(flags, context)).settings;
  } catch (thrown) {
    if (!(thrown instanceof WireOfflineError)) throw thrown;
    return certainSettings(flags, context);
  }
}
