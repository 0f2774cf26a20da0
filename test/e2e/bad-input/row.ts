import { expect, it } from '@jest/globals';
import { z } from 'zod';
import type { ErrorCode } from '../../../cli/errors.js';
import { runCli } from '../../helpers/cli.js';
import { createWorld, snapshot, type World } from '../../helpers/world.js';

/** One piece of bad input: what is there, what is typed, and the error that must come of it. */
export interface BadInput {
  readonly title: string;
  /** Puts files into the world; what it starts ends through `world.atEnd`. */
  readonly arrange?: (world: World) => Promise<void>;
  readonly argv: readonly string[] | ((world: World) => readonly string[]);
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  readonly code: ErrorCode;
  readonly exitStatus: number;
  /** What the message, the problems or the hint must name. */
  readonly says: readonly (string | RegExp)[];
  /**
   * Paths below the world's folder that may change; everything else must be as it was, to the byte.
   * Name a path only where the row is about what is left there, and say why.
   */
  readonly mayChange?: readonly string[];
}

const errorLine = z.object({
  type: z.literal('error'),
  code: z.string(),
  exitCode: z.number(),
  message: z.string(),
  hint: z.string(),
  problems: z.array(z.object({ where: z.string(), expected: z.string(), got: z.string() })),
});

/** Makes a test of each row, run through the built command line. */
export function testBadInput(rows: readonly BadInput[]): void {
  for (const row of rows) it(row.title, () => judge(row));
}

async function judge(row: BadInput): Promise<void> {
  const world = await createWorld();
  try {
    await row.arrange?.(world);
    const before = await unchanging(world, row);
    const argv = typeof row.argv === 'function' ? row.argv(world) : row.argv;
    const result = await runCli(world, {
      argv: ['--log-format', 'json', ...argv],
      ...(row.env === undefined ? {} : { env: row.env }),
      ...(row.stdin === undefined ? {} : { stdin: row.stdin }),
    });
    const said = result.stderr.trimEnd().split('\n').at(-1) ?? '';
    const error = errorLine.parse(JSON.parse(said));
    expect({ code: error.code, exitStatus: result.status }).toEqual({
      code: row.code,
      exitStatus: row.exitStatus,
    });
    expect(error.exitCode).toBe(result.status);
    for (const words of row.says) expect(textOf(error)).toMatch(words);
    expect(result.stdout).toBe('');
    expect(await unchanging(world, row)).toEqual(before);
  } finally {
    await world.remove();
  }
}

function textOf({ message, hint, problems }: z.infer<typeof errorLine>): string {
  const places = problems.map(
    ({ where, expected, got }) => `${where}: expected ${expected}, got ${got}`,
  );
  return [message, ...places, hint].join('\n');
}

async function unchanging(world: World, row: BadInput): Promise<Record<string, string>> {
  const allowed = row.mayChange ?? [];
  const seen = [...(await snapshot(world.folder))];
  return Object.fromEntries(
    seen.filter(([path]) => !allowed.some((free) => path === free || path.startsWith(`${free}/`))),
  );
}
