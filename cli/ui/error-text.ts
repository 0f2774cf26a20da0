import { inspect } from 'node:util';
import type { Problem, WireOfflineError } from '../errors.js';
import { safeText } from './safe-text.js';

/** No person reads more at once; a program gets all. */
const maxProblemLines = 20;

export interface ErrorTextOptions {
  readonly format: 'text' | 'json';
  readonly color: boolean;
  /** Adds the chain of causes with their stacks. */
  readonly verbose: boolean;
}

/** An error as the last thing on standard error: lines for a person, or one JSON object on one line. */
export function errorText(error: WireOfflineError, options: ErrorTextOptions): string {
  return options.format === 'json' ? asJson(error, options) : asLines(error, options);
}

function asJson(error: WireOfflineError, { verbose }: ErrorTextOptions): string {
  const { code, exitCode, message, problems, hint } = error;
  const causes = verbose && error.cause !== undefined ? { cause: inspect(error.cause) } : {};
  return `${JSON.stringify({ type: 'error', code, exitCode, message, problems, hint, ...causes })}\n`;
}

function asLines(error: WireOfflineError, { color, verbose }: ErrorTextOptions): string {
  const red = (text: string): string => (color ? `\u001b[31m${text}\u001b[39m` : text);
  const dim = (text: string): string => (color ? `\u001b[2m${text}\u001b[22m` : text);
  const lines = [
    `${red(`error ${error.code}:`)} ${safeText(error.message)}`,
    ...problemLines(error.problems),
    ...(error.hint === undefined ? [] : [`${dim('hint:')} ${safeText(error.hint)}`]),
    ...(verbose && error.cause !== undefined ? [dim(safeText(inspect(error.cause)))] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function problemLines(problems: readonly Problem[]): string[] {
  const lines = problems.slice(0, maxProblemLines).map(({ where, expected, got }) => {
    const place = where === '' ? '' : `${safeText(where)}: `;
    return `  ${place}expected ${safeText(expected)}, got ${safeText(got)}`;
  });
  const more = problems.length - lines.length;
  return more === 0 ? lines : [...lines, `  and ${String(more)} more`];
}
