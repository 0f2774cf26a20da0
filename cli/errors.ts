import { types } from 'node:util';
import { exitCodes, type ExitFamily } from './exit-codes.js';

/** Every way a command can fail on purpose, and the exit family it belongs to. */
export const errorFamilies = {
  UNEXPECTED: 'unexpected',

  USAGE_INVALID: 'usage',
  TOPIC_UNKNOWN: 'usage',

  CONFIG_INVALID: 'invalid',
  CONFIG_UNREADABLE: 'invalid',

  OUTPUT_FAILED: 'local',
  TOOL_MISSING: 'local',
  TOOL_FAILED: 'local',

  INTERRUPTED: 'interrupted',
  TERMINATED: 'terminated',
} as const satisfies Record<string, Exclude<ExitFamily, 'ok'>>;

export type ErrorCode = keyof typeof errorFamilies;

/** One thing that is wrong with what was given: where it stands, what was expected there and what was found. */
export interface Problem {
  readonly where: string;
  readonly expected: string;
  readonly got: string;
}

export interface ErrorDetails {
  /** What went wrong, lower case, with what was expected and what was found. */
  readonly message: string;
  /** What to type or change next. */
  readonly hint?: string;
  /** All that is wrong with one input, so that it can be mended in one go. */
  readonly problems?: readonly Problem[];
  readonly cause?: unknown;
}

/** A failure that the user can act on: a code from the closed set, a message and a hint. */
export class WireOfflineError extends Error {
  override readonly name = 'WireOfflineError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.problems = details.problems ?? [];
  }

  /** The status that the process ends with when this error reaches `main`. */
  get exitCode(): number {
    return exitCodes[errorFamilies[this.code]];
  }
}

/** Anything thrown, as an error of ours: what is not one is a defect and becomes `UNEXPECTED` with its cause kept. */
export function toWireOfflineError(thrown: unknown): WireOfflineError {
  if (thrown instanceof WireOfflineError) return thrown;
  return new WireOfflineError('UNEXPECTED', {
    message: types.isNativeError(thrown) ? thrown.message : String(thrown),
    hint: 'this is a defect of wire-offline: run the command again with -v and report what it prints',
    cause: thrown,
  });
}

/** Whether something thrown is a system error (`ENOENT`, `EACCES`, ...) of one of the given codes. */
export function hasSystemCode(thrown: unknown, ...codes: readonly string[]): boolean {
  return (
    // Not instanceof: an error may come from another realm, as in a test's sandbox.
    types.isNativeError(thrown) &&
    'code' in thrown &&
    typeof thrown.code === 'string' &&
    codes.includes(thrown.code)
  );
}
