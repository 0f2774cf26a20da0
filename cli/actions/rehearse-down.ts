import type { Context } from '../context.js';
import { WireOfflineError } from '../errors.js';
import { assertRoot, cgroupVersion } from '../rehearsal/machine.js';
import { rehearsalFolder } from '../rehearsal/places.js';
import { chooseIsland, knownIslands } from '../rehearsal/standing.js';
import { takeDown } from '../rehearsal/take-down.js';

export interface DownRequest {
  /** One island; where it is left out, the only one there is. */
  readonly name?: string;
  /** Every island that this user has. */
  readonly all: boolean;
}

/**
 * Takes islands down, and gives their names.
 *
 * @throws {WireOfflineError} REHEARSAL_NEEDS_ROOT, REHEARSAL_CGROUPS_MISSING, REHEARSAL_UNKNOWN, USAGE_INVALID where
 * there are several and none is named, REHEARSAL_NOT_DOWN
 */
export async function rehearseDown(
  { name, all }: DownRequest,
  { env, signal }: Context,
): Promise<readonly string[]> {
  assertRoot();
  const rehearsals = rehearsalFolder(env);
  const version = await cgroupVersion();
  const known = await knownIslands({ rehearsals, version });
  const names = all ? known.own : [chooseIsland(name, known)];
  const failures: unknown[] = [];
  for (const one of names) {
    try {
      await takeDown({ name: one, rehearsals, version }, { env, signal });
    } catch (error) {
      // The others go all the same.
      failures.push(error);
    }
  }
  if (failures.length > 0) throw firstOf(failures);
  return names;
}

function firstOf(failures: readonly unknown[]): unknown {
  const [first] = failures;
  if (failures.length === 1 || !(first instanceof WireOfflineError)) return first;
  return new WireOfflineError(first.code, {
    message: `${first.message}; and ${String(failures.length - 1)} more did not go`,
    ...(first.hint === undefined ? {} : { hint: first.hint }),
    cause: first,
  });
}
