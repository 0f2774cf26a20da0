import type { CheckedChart } from './check-charts.js';
import type { Run } from './source-run.js';
import { loadRecipe, type Recipe } from '../recipe/load.js';
import { lockFileOf, readLock } from '../recipe/lock-file.js';
import { compareWithLock, lockCommand, requireLock, type Staleness } from '../recipe/staleness.js';
import { sources } from '../sources/registry.js';

interface CheckedLock {
  readonly file: string;
  /** What makes it, or makes it current. */
  readonly command: string;
}

export interface CheckedRecipe {
  readonly recipe: Recipe;
  readonly lock:
    | ({ readonly state: 'missing' } & CheckedLock)
    | ({ readonly state: 'current' | 'stale' } & CheckedLock & Staleness);
  /** The charts, all rendered; nothing where the lock does not say yet which they are. */
  readonly charts: readonly CheckedChart[] | undefined;
}

/**
 * Checks a recipe with all that it includes, and says how its lock stands to it; asks nobody else. The charts of a
 * recipe whose lock is current are rendered, which fetches them where the cache has them not.
 *
 * @throws {WireOfflineError} RECIPE_UNREADABLE, RECIPE_INVALID, LOCK_INVALID, HELM_IMAGE_MISSING, what rendering throws.
 */
export async function checkRecipe(file: string, run: Run): Promise<CheckedRecipe> {
  const { cwd } = run.context;
  const place: CheckedLock = { file: lockFileOf(file), command: lockCommand(file) };
  const recipe = await loadRecipe({ file, cwd, kinds: sources });
  const lock = await readLock({ file: place.file, cwd }, sources);
  const hasCharts = recipe.components.some(({ kind }) => kind === 'helm');
  const unrendered = hasCharts ? undefined : [];
  if (lock === undefined)
    return { recipe, lock: { ...place, state: 'missing' }, charts: unrendered };
  const staleness = compareWithLock(recipe, lock);
  const differences = Object.values(staleness).flat().length;
  const state = differences === 0 ? 'current' : 'stale';
  const checked = { recipe, lock: { ...place, state, ...staleness } } as const;
  if (!hasCharts || state === 'stale') return { ...checked, charts: unrendered };
  const { components } = await requireLock({ recipe, cwd, kinds: sources });
  const { checkCharts } = await import('./check-charts.js');
  return { ...checked, charts: await checkCharts(components, run) };
}
