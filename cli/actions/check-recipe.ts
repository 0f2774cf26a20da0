import type { Run } from './source-run.js';
import { loadRecipe, type Recipe } from '../recipe/load.js';
import { lockFileOf, readLock } from '../recipe/lock-file.js';
import { compareWithLock, type Staleness } from '../recipe/staleness.js';
import { sources } from '../sources/registry.js';

export interface CheckedRecipe {
  readonly recipe: Recipe;
  readonly lock:
    | { readonly file: string; readonly state: 'missing' }
    | ({ readonly file: string; readonly state: 'current' | 'stale' } & Staleness);
}

/**
 * Checks a recipe with all that it includes, and says how its lock stands to it; asks nobody else.
 *
 * @throws {WireOfflineError} RECIPE_UNREADABLE, RECIPE_INVALID, LOCK_INVALID
 */
export async function checkRecipe(
  file: string,
  { context }: Pick<Run, 'context'>,
): Promise<CheckedRecipe> {
  const { cwd } = context;
  const lockFile = lockFileOf(file);
  const recipe = await loadRecipe({ file, cwd, kinds: sources });
  const lock = await readLock({ file: lockFile, cwd }, sources);
  if (lock === undefined) return { recipe, lock: { file: lockFile, state: 'missing' } };
  const staleness = compareWithLock(recipe, lock);
  const differences = Object.values(staleness).flat().length;
  const state = differences === 0 ? 'current' : 'stale';
  return { recipe, lock: { file: lockFile, state, ...staleness } };
}
